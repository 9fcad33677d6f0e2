//! What is measured beside the score: what the strict profile makes of the cases, also next to
//! OpenSSL's strict mode, and how long the longest verdict takes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::chain::Chain;
use super::input::read_json;

/// How often a case of tier `dos` is judged; the best counts, as the others waited for the machine.
const ROUNDS: u32 = 3;

/// data set -> peer -> id -> SUCCESS, FAILURE, ...
type Peers = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

/// The figures of one file. Nothing here is asserted.
pub(super) struct Tiers {
    set: String,
    /// What OpenSSL in its strict mode said, where the data is there.
    openssl: BTreeMap<String, String>,
    /// By tier: cases that a strict profile should refuse, those refused, and those that OpenSSL
    /// refuses.
    refused: BTreeMap<String, [u32; 3]>,
    /// Cases that a strict profile should accept, and those accepted.
    accepted: [u32; 2],
    /// Cases accepted that should be refused, and those of them that OpenSSL refuses.
    missed: Vec<String>,
    behind: Vec<String>,
    /// Cases refused that should be accepted, with our code.
    lost: Vec<String>,
    slowest: Option<(Duration, String)>,
}

impl Tiers {
    pub(super) fn new(file: &Path, set: &str) -> Self {
        let data = match set {
            "limbo.json" => "limbo-nonames",
            "limbo-client.json" => "client",
            _ => "der",
        };
        let peers: Peers = read_json(&file.with_file_name("peers.json")).unwrap_or_default();
        let openssl = peers.get(data).and_then(|peers| peers.get("openssl"));
        Self {
            set: set.to_owned(),
            openssl: openssl.cloned().unwrap_or_default(),
            refused: BTreeMap::new(),
            accepted: [0; 2],
            behind: Vec::new(),
            missed: Vec::new(),
            lost: Vec::new(),
            slowest: None,
        }
    }

    /// Looks at one case: its tier, and what a strict profile should answer.
    pub(super) fn look(&mut self, id: &str, tier: &str, strict: &str, chain: &Chain) {
        if tier == "dos" {
            self.time(id, chain);
        }
        let answer = chain
            .ask(chain.profile.strict(), |verifier, leaf| {
                verifier.verify(leaf, chain.time).map(|_| ())
            })
            .unwrap_or_else(Err);
        let accepts = answer.is_ok();
        match strict {
            "SUCCESS" => {
                self.accepted[0] += 1;
                self.accepted[1] += u32::from(accepts);
                if let Err(rejection) = answer {
                    self.lost.push(format!("{id}: {}", rejection.code()));
                }
            }
            "FAILURE" if ["strict", "keypolicy", "der"].contains(&tier) => {
                let theirs = self.openssl.get(id).is_some_and(|said| said == "FAILURE");
                let counts = self.refused.entry(tier.to_owned()).or_default();
                counts[0] += 1;
                counts[1] += u32::from(!accepts);
                counts[2] += u32::from(theirs);
                if accepts {
                    self.missed.push(id.to_owned());
                    if theirs {
                        self.behind.push(id.to_owned());
                    }
                }
            }
            _ => {}
        }
    }

    fn time(&mut self, id: &str, chain: &Chain) {
        let best = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                let _ = chain.ask(chain.profile, |verifier, leaf| {
                    verifier.verify(leaf, chain.time).is_ok()
                });
                start.elapsed()
            })
            .min()
            .unwrap_or_default();
        if self.slowest.as_ref().is_none_or(|(time, _)| best > *time) {
            self.slowest = Some((best, id.to_owned()));
        }
    }

    pub(super) fn print(&self) {
        let set = &self.set;
        for (tier, [of, ours, theirs]) in &self.refused {
            println!(
                "{set}: strict profile, tier {tier}: {ours} of {of} refused, OpenSSL's strict mode {theirs} (not scored)"
            );
        }
        let [of, accepted] = self.accepted;
        println!("{set}: strict profile: {accepted} of {of} accepted (not scored)");
        for refused in &self.lost {
            println!("    {refused} by the strict profile");
        }
        for id in &self.missed {
            println!("    {id} is accepted by the strict profile");
        }
        for id in &self.behind {
            println!("    !!! {id} is refused by OpenSSL's strict mode");
        }
        if let Some((time, id)) = &self.slowest {
            println!("{set}: tier dos: the slowest verdict took {time:?}, {id} (not scored)");
        }
    }
}
