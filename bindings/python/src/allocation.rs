//! Which hub a device goes to, and why.

use provisor::allocation::{AllocationBasis, Allocator, Latency, Salt, Standing, Weight};
use provisor::limits;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString, PyTuple};

use crate::failure::{Answer, Failure};
use crate::id::{Given, HubName, IdScope, RegistrationId};
use crate::octets::Octets;
use crate::policy::Policy;

/// A linked hub and how large a share of the devices it takes, relative to the others.
///
/// >>> from provisor import Hub
/// >>> Hub("hub-a.example.net", 3)
/// Hub('hub-a.example.net', weight=3)
#[pyclass(module = "provisor", frozen, eq, hash)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Hub {
    name: HubName,
    weight: Weight,
}

#[pymethods]
impl Hub {
    #[new]
    #[pyo3(signature = (name, /, weight = Share(Weight::ONE)), text_signature = "(name, /, weight=1)")]
    fn new(name: Given<HubName>, weight: Share) -> Self {
        Self {
            name: name.0,
            weight: weight.0,
        }
    }

    /// The hub's host name.
    #[getter]
    fn name(&self) -> HubName {
        self.name.clone()
    }

    /// 0 to 1000; a hub of weight 0 takes no new device.
    #[getter]
    fn weight(&self) -> u16 {
        self.weight.get()
    }

    fn __repr__(&self) -> String {
        format!("Hub('{}', weight={})", self.name.0, self.weight.get())
    }

    fn __getnewargs__(&self) -> (&str, u16) {
        (self.name.0.as_str(), self.weight.get())
    }
}

/// A weight argument: every `int` is answered, those that fit nowhere by the core's rejection.
struct Share(Weight);

impl<'py> FromPyObject<'_, 'py> for Share {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        if !object.is_instance_of::<PyInt>() || object.is_instance_of::<PyBool>() {
            return Err(Failure::wrong_type(format!(
                "expected an int from 0 to 1000, not {}",
                object.get_type().name()?
            )));
        }
        let found = object.str()?.to_string();
        let weight = object.extract().unwrap_or(u16::MAX);
        Ok(Self(
            Weight::new(weight).map_err(|rejection| rejection.found(found))?,
        ))
    }
}

/// The hubs linked to the service of one ID scope, prepared for many devices.
///
/// The order in which the hubs are given means nothing. A service that was created with a salt (16 to
/// 64 secret random bytes) hands it in each time; it is never shown.
///
/// >>> from provisor import Hub, LinkedHubs
/// >>> hubs = LinkedHubs("0ne0A1B2C3D", [Hub("hub-a", 3), Hub("hub-b", 1)])
/// >>> hubs.allocate("line-7") in {hub.name for hub in hubs.hubs}
/// True
#[pyclass(module = "provisor", frozen)]
#[derive(Debug)]
pub(crate) struct LinkedHubs {
    scope: IdScope,
    linked: provisor::allocation::LinkedHubs,
}

#[pymethods]
impl LinkedHubs {
    #[new]
    #[pyo3(signature = (scope, hubs, /, *, salt = NO_SALT))]
    #[pyo3(text_signature = "(scope, hubs, /, *, salt=b'')")]
    fn new(scope: Given<IdScope>, hubs: &Bound<'_, PyAny>, salt: Octets) -> Answer<Self> {
        if hubs.is_instance_of::<PyString>() {
            return Err(Failure::wrong_type("expected an iterable of Hub, not str"));
        }
        let mut given = Vec::new();
        // One more than allowed is enough for the core to refuse: an endless iterable ends here.
        for hub in hubs.try_iter()?.take(limits::LINKED_HUBS + 1) {
            let hub = hub?;
            let hub = hub.cast::<Hub>().map_err(PyErr::from)?.get();
            given.push((hub.name.0.clone(), hub.weight));
        }
        let basis = AllocationBasis::new(Salt::new(&salt)?);
        let linked = provisor::allocation::LinkedHubs::with_basis(&scope.0.0, &basis, given)?;
        Ok(Self {
            scope: scope.0,
            linked,
        })
    }

    /// The ID scope, which keys the allocation.
    #[getter]
    fn scope(&self) -> IdScope {
        self.scope.clone()
    }

    /// The hubs in the order of their names.
    #[getter]
    fn hubs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let hubs: Vec<Hub> = self
            .linked
            .iter()
            .map(|(name, weight)| Hub {
                name: HubName(name.clone()),
                weight,
            })
            .collect();
        PyTuple::new(py, hubs)
    }

    fn __len__(&self) -> usize {
        self.linked.len()
    }

    fn __repr__(&self) -> String {
        format!(
            "<LinkedHubs of '{}': {} hubs>",
            self.scope.0,
            self.linked.len()
        )
    }

    /// The device's hub.
    ///
    /// ``subset`` restricts the choice to linked hubs; ``latencies`` are pairs of a hub and a whole
    /// number, of several numbers for one hub the least counts.
    ///
    /// Raises AllocationError when there is no hub, or none that takes devices.
    #[pyo3(signature = (registration_id, /, *, policy = Policy::default(), subset = None, latencies = Latencies::default()))]
    #[pyo3(
        text_signature = "($self, registration_id, /, *, policy=..., subset=None, latencies=())"
    )]
    fn allocate(
        &self,
        registration_id: Given<RegistrationId>,
        policy: Policy,
        subset: Option<Subset>,
        latencies: Latencies,
    ) -> Answer<HubName> {
        let lists = Lists { subset, latencies };
        let hub = lists
            .allocator(&self.linked, &policy)
            .choose(&registration_id.0.0)?;
        Ok(HubName(hub.clone()))
    }

    /// The device's hub, with every hub's part in the choice.
    ///
    /// Raises AllocationError as ``allocate`` does.
    #[pyo3(signature = (registration_id, /, *, policy = Policy::default(), subset = None, latencies = Latencies::default()))]
    #[pyo3(
        text_signature = "($self, registration_id, /, *, policy=..., subset=None, latencies=())"
    )]
    fn explain(
        &self,
        registration_id: Given<RegistrationId>,
        policy: Policy,
        subset: Option<Subset>,
        latencies: Latencies,
    ) -> Answer<Allocation> {
        let lists = Lists { subset, latencies };
        let trace = lists
            .allocator(&self.linked, &policy)
            .explain(&registration_id.0.0)?;
        let rows = trace.rows().iter().map(|row| AllocationRow {
            hub: HubName(row.hub().clone()),
            weight: row.weight(),
            cost: row.cost(),
            digest: row.digest(),
            standing: row.standing(),
        });
        Ok(Allocation {
            hub: HubName(trace.chosen().clone()),
            device_digest: trace.device_digest(),
            rows: rows.collect(),
            text: trace.to_string(),
        })
    }
}

const NO_SALT: Octets = Octets::Copied(Vec::new());

/// What restricts a choice, and what the lowest latency goes by.
struct Lists {
    subset: Option<Subset>,
    latencies: Latencies,
}

impl Lists {
    fn allocator<'h, 'p>(
        &'p self,
        linked: &'h provisor::allocation::LinkedHubs,
        policy: &'p Policy,
    ) -> Allocator<'h, 'p> {
        let allocator = Allocator::new(linked, &policy.0).latencies(&self.latencies.0);
        match &self.subset {
            Some(subset) => allocator.among(&subset.0),
            None => allocator,
        }
    }
}

/// An iterable of hub names.
pub(crate) struct Subset(Vec<provisor::HubName>);

impl<'py> FromPyObject<'_, 'py> for Subset {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        if object.is_instance_of::<PyString>() {
            return Err(Failure::wrong_type(
                "expected an iterable of HubName or str, not str",
            ));
        }
        let mut hubs = Vec::new();
        for hub in object.try_iter()?.take(limits::HUBS_LISTED + 1) {
            hubs.push(hub?.extract::<Given<HubName>>()?.0.0);
        }
        Ok(Self(hubs))
    }
}

/// An iterable of pairs: a hub name and a whole number.
#[derive(Default)]
pub(crate) struct Latencies(Vec<Latency>);

impl<'py> FromPyObject<'_, 'py> for Latencies {
    type Error = Failure;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> Result<Self, Failure> {
        let mut latencies = Vec::new();
        for pair in object.try_iter()?.take(limits::LATENCIES + 1) {
            let pair = pair?;
            let pair = pair.cast::<PyTuple>().map_err(PyErr::from)?;
            if pair.len() != 2 {
                return Err(Failure::value("expected pairs of a hub and a latency"));
            }
            let hub = pair.get_item(0)?.extract::<Given<HubName>>()?.0.0;
            latencies.push(Latency::new(hub, pair.get_item(1)?.extract()?));
        }
        Ok(Self(latencies))
    }
}

/// One allocation, explained: the hub that was chosen, and every hub's part in the choice.
///
/// ``str()`` is a table for people.
#[pyclass(module = "provisor", frozen, eq, hash, str = "{text}")]
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Allocation {
    hub: HubName,
    device_digest: u64,
    rows: Vec<AllocationRow>,
    text: String,
}

#[pymethods]
impl Allocation {
    /// The hub that was chosen.
    #[getter]
    fn hub(&self) -> HubName {
        self.hub.clone()
    }

    /// The keyed hash of the registration ID: 64 bits.
    #[getter]
    fn device_digest(&self) -> u64 {
        self.device_digest
    }

    /// All linked hubs: first those that took part, the chosen one at the head.
    #[getter]
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.rows.clone())
    }

    fn __repr__(&self) -> String {
        format!(
            "<Allocation to '{}' of {} hubs>",
            self.hub.0,
            self.rows.len()
        )
    }
}

/// One hub's part in an allocation.
#[pyclass(module = "provisor", frozen, eq, hash)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AllocationRow {
    hub: HubName,
    weight: u16,
    cost: u128,
    digest: u64,
    standing: Standing,
}

#[pymethods]
impl AllocationRow {
    /// The hub.
    #[getter]
    fn hub(&self) -> HubName {
        self.hub.clone()
    }

    /// Its weight.
    #[getter]
    fn weight(&self) -> u16 {
        self.weight
    }

    /// How long the hub makes the device wait, in units of ``2**-64``; the smallest cost by weight
    /// wins.
    #[getter]
    fn cost(&self) -> u128 {
        self.cost
    }

    /// The keyed hash of the hub's name: 64 bits.
    #[getter]
    fn digest(&self) -> u64 {
        self.digest
    }

    /// True when the hub could have been chosen.
    #[getter]
    fn took_part(&self) -> bool {
        self.standing == Standing::Candidate
    }

    /// Whether it took part, or why not, in words.
    #[getter]
    fn standing(&self) -> &'static str {
        self.standing.text()
    }

    fn __repr__(&self) -> String {
        format!(
            "<AllocationRow '{}' weight={} cost={}: {}>",
            self.hub.0,
            self.weight,
            self.cost,
            self.standing.text()
        )
    }
}

/// The device's hub by weighted rendezvous hashing, keyed by the ID scope and the salt.
///
/// The same answer on every platform and in every language. For many devices keep a LinkedHubs.
///
/// Raises AllocationError when there is no hub, none that takes devices, or one hub twice.
///
/// >>> from provisor import Hub, HubName, allocate
/// >>> allocate("0ne0A1B2C3D", "line-7", [Hub("hub-a"), Hub("hub-b", 0)])
/// HubName('hub-a')
#[pyfunction]
#[pyo3(signature = (scope, registration_id, hubs, /, *, salt = NO_SALT, policy = Policy::default(), subset = None, latencies = Latencies::default()))]
#[pyo3(
    text_signature = "(scope, registration_id, hubs, /, *, salt=b'', policy=..., subset=None, latencies=())"
)]
pub(crate) fn allocate(
    scope: Given<IdScope>,
    registration_id: Given<RegistrationId>,
    hubs: &Bound<'_, PyAny>,
    salt: Octets,
    policy: Policy,
    subset: Option<Subset>,
    latencies: Latencies,
) -> Answer<HubName> {
    LinkedHubs::new(scope, hubs, salt)?.allocate(registration_id, policy, subset, latencies)
}

/// The device's hub as ``allocate`` finds it, with every hub's part in the choice.
///
/// >>> from provisor import Hub, explain_allocation
/// >>> answer = explain_allocation("0ne0A1B2C3D", "line-7", [Hub("hub-a"), Hub("hub-b", 0)])
/// >>> [(str(row.hub), row.standing) for row in answer.rows]
/// [('hub-a', 'takes part'), ('hub-b', 'weight 0')]
#[pyfunction]
#[pyo3(signature = (scope, registration_id, hubs, /, *, salt = NO_SALT, policy = Policy::default(), subset = None, latencies = Latencies::default()))]
#[pyo3(
    text_signature = "(scope, registration_id, hubs, /, *, salt=b'', policy=..., subset=None, latencies=())"
)]
pub(crate) fn explain_allocation(
    scope: Given<IdScope>,
    registration_id: Given<RegistrationId>,
    hubs: &Bound<'_, PyAny>,
    salt: Octets,
    policy: Policy,
    subset: Option<Subset>,
    latencies: Latencies,
) -> Answer<Allocation> {
    LinkedHubs::new(scope, hubs, salt)?.explain(registration_id, policy, subset, latencies)
}
