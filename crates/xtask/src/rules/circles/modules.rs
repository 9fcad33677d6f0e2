//! The modules of a crate, and where a path leads among them.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{Import, Reading};

/// Re-exports in a row that are followed; more is a circle of names.
const DEPTH: usize = 16;

/// One module. The first of a crate is its root.
#[derive(Debug)]
struct Module {
    /// From the workspace root.
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    reading: Reading,
}

/// The modules of one crate.
#[derive(Debug, Default)]
pub(super) struct Modules {
    all: Vec<Module>,
}

/// Which file imports which, and by which names.
pub(super) type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl Modules {
    /// From its root file; `read` gives what a file has, if there is one.
    pub(super) fn of(root: &str, read: &dyn Fn(&str) -> Option<Reading>) -> Self {
        let mut modules = Self::default();
        if let Some(reading) = read(root) {
            modules.add(root, None, reading, read);
        }
        modules
    }

    fn add(
        &mut self,
        file: &str,
        parent: Option<usize>,
        mut reading: Reading,
        read: &dyn Fn(&str) -> Option<Reading>,
    ) -> usize {
        let at = self.all.len();
        let inline = core::mem::take(&mut reading.inline);
        let names = reading.files.clone();
        self.all.push(Module {
            file: file.to_owned(),
            parent,
            children: BTreeMap::new(),
            reading,
        });
        let mut children = BTreeMap::new();
        for (name, inside) in inline {
            let child = self.add(file, Some(at), inside, read);
            children.insert(name, child);
        }
        for name in names {
            // The folder of the same name, and beside the file for the root of a crate.
            let (folder, stem) = file.rsplit_once('/').unwrap_or(("", file));
            let stem = stem.strip_suffix(".rs").unwrap_or(stem);
            let places = [
                format!("{folder}/{stem}/{name}.rs"),
                format!("{folder}/{name}.rs"),
            ];
            let found = places.iter().find_map(|place| Some((place, read(place)?)));
            if let Some((place, inside)) = found
                && !self.all.iter().any(|module| module.file == *place)
            {
                let child = self.add(place, Some(at), inside, read);
                children.insert(name, child);
            }
        }
        if let Some(module) = self.all.get_mut(at) {
            module.children = children;
        }
        at
    }

    /// Every arrow between two files. A file that only re-exports has none: whoever imports from it
    /// points at the file where the thing is.
    pub(super) fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (at, module) in self.all.iter().enumerate() {
            if self.is_transparent(&module.file) {
                continue;
            }
            let imports = module.reading.imports.iter();
            for (path, star) in imports
                .map(|import| (&import.path, import.name.is_none()))
                .chain(module.reading.paths.iter().map(|path| (path, false)))
            {
                for target in self.targets(at, path, star) {
                    if target.0 != module.file && !self.is_transparent(&target.0) {
                        arrows
                            .entry(module.file.clone())
                            .or_default()
                            .entry(target.0)
                            .or_default()
                            .insert(target.1);
                    }
                }
            }
        }
        arrows
    }

    /// The file has nothing but declarations of modules and imports.
    fn is_transparent(&self, file: &str) -> bool {
        !self
            .all
            .iter()
            .any(|module| module.file == file && module.reading.has_code)
    }

    /// The files that a path leads to from the module `at`, each with the name taken there.
    fn targets(&self, at: usize, path: &[String], star: bool) -> Vec<(String, String)> {
        let Some((start, rest)) = self.start(at, path, DEPTH) else {
            return Vec::new();
        };
        let mut passed = Vec::new();
        let mut targets = match self.walk(start, &rest, DEPTH, &mut passed) {
            Some(Found::Item(module, name)) => self.file(module, name),
            Some(Found::Module(module)) if star => self.starred(at, module),
            Some(Found::Module(module)) => {
                self.file(module, path.last().cloned().unwrap_or_default())
            }
            None => Vec::new(),
        };
        // Whoever imports through a file that has code of its own imports from that file.
        let name = path.last().cloned().unwrap_or_default();
        for module in passed {
            targets.extend(self.file(module, name.clone()));
        }
        targets
    }

    fn file(&self, module: usize, name: String) -> Vec<(String, String)> {
        self.all
            .get(module)
            .map(|module| (module.file.clone(), name))
            .into_iter()
            .collect()
    }

    /// What a star takes from `module`: what it defines, and those of its imports whose names stand
    /// in the module `at`.
    fn starred(&self, at: usize, module: usize) -> Vec<(String, String)> {
        let mut found = self.file(module, "*".to_owned());
        let (Some(user), Some(source)) = (self.all.get(at), self.all.get(module)) else {
            return found;
        };
        for import in &source.reading.imports {
            if let Some(name) = &import.name
                && user.reading.words.contains(name)
                && let Some(Found::Item(module, name)) =
                    self.follow(module, import, &[], DEPTH, &mut Vec::new())
            {
                found.extend(self.file(module, name));
            }
        }
        found
    }

    /// Where a path begins: the module, and what is left of the path. `None` outside of the crate.
    fn start(&self, at: usize, path: &[String], depth: usize) -> Option<(usize, Vec<String>)> {
        let (first, mut rest) = path.split_first()?;
        let module = match first.as_str() {
            "crate" => 0,
            "self" => at,
            "super" => self.all.get(at)?.parent?,
            name => {
                let here = self.all.get(at)?;
                let known = here.children.contains_key(name)
                    || depth > 0
                        && here.reading.imports.iter().any(|import| {
                            import.name.as_deref() == Some(name) && import.path != path
                        });
                return known.then(|| (at, path.to_vec()));
            }
        };
        let mut module = module;
        while let Some((up, after)) = rest.split_first()
            && up == "super"
        {
            module = self.all.get(module)?.parent?;
            rest = after;
        }
        Some((module, rest.to_vec()))
    }

    /// Down from a module along a path, through re-exports.
    /// The modules whose imports it goes through are `passed`.
    fn walk(
        &self,
        mut at: usize,
        path: &[String],
        depth: usize,
        passed: &mut Vec<usize>,
    ) -> Option<Found> {
        let mut rest = path;
        while let Some((name, after)) = rest.split_first() {
            let module = self.all.get(at)?;
            if let Some(child) = module.children.get(name) {
                at = *child;
                rest = after;
                continue;
            }
            if !module.reading.defined.contains(name) {
                let named = module
                    .reading
                    .imports
                    .iter()
                    .find(|import| import.name.as_ref() == Some(name));
                if let Some(import) = named {
                    return self.follow(at, import, after, depth, passed);
                }
                let through_a_star = module
                    .reading
                    .imports
                    .iter()
                    .filter(|import| import.name.is_none())
                    .find_map(|import| self.through(at, import, rest, depth, passed));
                if through_a_star.is_some() {
                    return through_a_star;
                }
            }
            return Some(Found::Item(at, name.clone()));
        }
        Some(Found::Module(at))
    }

    /// To where an import of the module `at` leads, and on along `rest`.
    fn follow(
        &self,
        at: usize,
        import: &Import,
        rest: &[String],
        depth: usize,
        passed: &mut Vec<usize>,
    ) -> Option<Found> {
        passed.push(at);
        let depth = depth.checked_sub(1)?;
        let (start, mut path) = self.start(at, &import.path, depth)?;
        path.extend_from_slice(rest);
        self.walk(start, &path, depth, passed)
    }

    /// The same through a star, if the thing is there.
    fn through(
        &self,
        at: usize,
        import: &Import,
        rest: &[String],
        depth: usize,
        passed: &mut Vec<usize>,
    ) -> Option<Found> {
        let before = passed.len();
        let found = self
            .follow(at, import, rest, depth, passed)
            .filter(|found| match found {
                Found::Item(module, name) => self
                    .all
                    .get(*module)
                    .is_some_and(|module| module.reading.defined.contains(name)),
                Found::Module(_) => true,
            });
        if found.is_none() {
            passed.truncate(before);
        }
        found
    }
}

/// The end of a path.
#[derive(Debug)]
enum Found {
    Module(usize),
    /// A thing of that name in that module.
    Item(usize, String),
}
