//! The report as text for technicians.

use core::fmt;

use super::{CandidatePath, Report, Step, Verdict};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rejection {
            None => writeln!(f, "ACCEPTED  {}", self.leaf)?,
            Some(rejection) => {
                // The first line alone says which fault and which certificate.
                let (code, subject) = (rejection.code(), rejection.subject());
                writeln!(f, "REJECTED  {code}: {subject}: {}", code.meaning())?;
                writeln!(f, "  leaf:     {}", self.leaf)?;
                for (label, text) in [
                    ("expected:", rejection.expected_text()),
                    ("found:   ", rejection.found_text()),
                    ("to do:   ", rejection.remedy_text()),
                    ("source:  ", rejection.code().spec()),
                ] {
                    if !text.is_empty() {
                        writeln!(f, "  {label} {text}")?;
                    }
                }
            }
        }
        writeln!(f, "at {}, profile {}", self.time, self.profile)?;
        write!(f, "trust anchors:")?;
        if self.anchors.is_empty() {
            write!(f, " none")?;
        }
        writeln!(f)?;
        for anchor in &self.anchors {
            writeln!(f, "  {anchor}")?;
        }
        writeln!(f, "\nrules on the leaf:")?;
        self.leaf_steps
            .iter()
            .try_for_each(|step| write_step(step, f))?;
        for (index, path) in self.paths.iter().enumerate() {
            write_path(index + 1, path, f)?;
        }
        if self.omitted > 0 {
            writeln!(f, "\n{} more candidate paths, not shown", self.omitted)?;
        }
        Ok(())
    }
}

fn write_path(number: usize, path: &CandidatePath, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let verdict = match path.verdict {
        Verdict::Accepted => "complete",
        Verdict::Rejected => "given up",
    };
    writeln!(f, "\ncandidate path {number}, {verdict}:")?;
    for subject in &path.certificates {
        writeln!(f, "  {subject}")?;
    }
    path.steps.iter().try_for_each(|step| write_step(step, f))?;
    match path.omitted {
        0 => Ok(()),
        more => writeln!(f, "    {more} more rules, not shown"),
    }
}

fn write_step(step: &Step, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // The path has its names once.
    let (rule, spec, place) = (step.rule.name(), step.rule.spec(), step.subject.place());
    match step.failed {
        None => writeln!(f, "    ok    {rule:<20} {place}  [{spec}]"),
        Some(code) => {
            writeln!(f, "    FAIL  {rule:<20} {place}  [{spec}]  {code}")?;
            for (label, text) in [("expected", &step.expected), ("found", &step.found)] {
                if !text.is_empty() {
                    writeln!(f, "            {label} {text}")?;
                }
            }
            Ok(())
        }
    }
}
