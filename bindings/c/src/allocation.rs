//! Allocation: the linked hubs, made once, and the hub of each device.

use core::ffi::c_char;
use core::ptr;

use provisor::allocation::{
    AllocationBasis, AllocationPolicy, Allocator, Latency, LinkedHubs, Salt, Weight,
};
use provisor::{Code, HubName, IdScope, RegistrationId, Rejection, Subject};

use crate::boundary;
use crate::input::{self, Array, Bytes, Object, Text};
use crate::output::{Buffer, Out, RejectionOut};
use crate::rejection::provisor_rejection;
use crate::status::provisor_status;

/// A hub that is linked to the service, as the caller knows it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct provisor_hub {
    /// Host name, UTF-8; no NUL needed.
    pub name: *const c_char,
    /// Bytes of the name.
    pub name_len: usize,
    /// Share of the devices relative to the other hubs, 0 to 1000; 0 takes no new device.
    pub weight: u16,
}

/// A hub that is named, to restrict a choice.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct provisor_hub_name {
    /// Host name, UTF-8; no NUL needed.
    pub name: *const c_char,
    /// Bytes of the name.
    pub name_len: usize,
}

/// What was measured or configured for one hub, as seen by one device.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct provisor_latency {
    /// Host name, UTF-8; no NUL needed.
    pub name: *const c_char,
    /// Bytes of the name.
    pub name_len: usize,
    /// Milliseconds; the unit does not matter as long as it is one unit.
    pub milliseconds: u32,
}

/// Which hubs take part, and at which weight: one of the constants `PROVISOR_POLICY_...`.
pub type provisor_policy = u32;

/// In proportion to the weights of the hubs.
pub const PROVISOR_POLICY_WEIGHTED: provisor_policy = 1;
/// Every hub is as likely as any other, except those of weight 0.
pub const PROVISOR_POLICY_EVENLY_WEIGHTED: provisor_policy = 2;
/// The hub with the lowest latency; equal ones by weight.
pub const PROVISOR_POLICY_LOWEST_LATENCY: provisor_policy = 3;
/// The hub that is named, even at weight 0.
pub const PROVISOR_POLICY_STATIC: provisor_policy = 4;

/// A policy and its lists.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct provisor_allocation {
    /// The policy; 0 is none and is refused.
    pub policy: provisor_policy,
    /// Not 0: only the hubs of `subset` take part, and there must be one. 0: `subset` is not read.
    pub restricted: u32,
    /// The hub of the static policy; not read for others.
    pub static_hub: *const c_char,
    /// Bytes of its name.
    pub static_hub_len: usize,
    /// The hubs that the choice is restricted to, all of them linked.
    pub subset: *const provisor_hub_name,
    /// How many there are.
    pub subset_len: usize,
    /// The latencies; of several for one hub the least counts.
    pub latencies: *const provisor_latency,
    /// How many there are.
    pub latencies_len: usize,
}

/// The hubs that are linked to the service of one ID scope.
///
/// Never changes once made: several threads may use it at a time.
#[derive(Debug)]
pub struct provisor_hubs {
    linked: LinkedHubs,
    /// For each hub in the order of the names, which is the order of `linked`: its place in the
    /// caller's array.
    places: Vec<(HubName, usize)>,
}

/// Prepares the hubs of an ID scope, of a service without a salt, for allocation; everything is
/// copied. No hub at all is legal here; allocation then refuses.
///
/// # Safety
///
/// `scope` has `scope_len` readable bytes, or is NULL when that is 0; `linked` has `linked_len`
/// elements, or is NULL when that is 0, and each element's `name` has its `name_len` readable bytes;
/// `hubs` is writable; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hubs_new(
    scope: *const c_char,
    scope_len: usize,
    linked: *const provisor_hub,
    linked_len: usize,
    hubs: *mut *mut provisor_hubs,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above; no salt is NULL and 0.
    unsafe {
        provisor_hubs_new_salted(
            scope,
            scope_len,
            ptr::null(),
            0,
            linked,
            linked_len,
            hubs,
            rejection,
        )
    }
}

/// Prepares the hubs of an ID scope, of a service that was created with a salt: 16 to 64 secret
/// random bytes, or none. Everything is copied; the salt is overwritten when the hubs are freed.
///
/// # Safety
///
/// As `provisor_hubs_new`; `salt` has `salt_len` readable bytes, or is NULL when that is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hubs_new_salted(
    scope: *const c_char,
    scope_len: usize,
    salt: *const u8,
    salt_len: usize,
    linked: *const provisor_hub,
    linked_len: usize,
    hubs: *mut *mut provisor_hubs,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (scope, salt, linked, hubs, rejection) = unsafe {
        (
            Text::new(scope, scope_len, "scope"),
            Bytes::new(salt, salt_len, "salt"),
            Array::new(linked, linked_len, "linked"),
            Out::new(hubs, "hubs"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let out = hubs.required()?;
        out.give(provisor_hubs::prepare(scope.read()?, salt.read()?, linked)?);
        Ok(())
    })
}

/// Frees the hubs. NULL is fine.
///
/// # Safety
///
/// `hubs` is NULL or came from `provisor_hubs_new`, and is not used afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hubs_free(hubs: *mut provisor_hubs) {
    // SAFETY: the caller's word, as above.
    unsafe { input::free(hubs) }
}

/// The hub of a device by weighted rendezvous hashing: `place` receives its place in the array that
/// `provisor_hubs_new` was given.
///
/// The same ID, hubs and scope give the same hub on every platform and in every language.
///
/// # Safety
///
/// `hubs` is not freed; `id` (a registration ID, current rules) has `id_len` readable bytes, or is
/// NULL when that is 0; `place` is writable; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hubs_allocate(
    hubs: *const provisor_hubs,
    id: *const c_char,
    id_len: usize,
    place: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (asked, place, rejection) = unsafe {
        (
            Asked::new(hubs, id, id_len),
            Out::new(place, "place"),
            RejectionOut::new(rejection),
        )
    };
    asked.place(Lists::by_weights, place, rejection)
}

/// Why this hub: writes a table with one line for each linked hub, best first.
///
/// # Safety
///
/// `hubs` is not freed; `id` (a registration ID, current rules) has `id_len` readable bytes, or is
/// NULL when that is 0; `buffer` has `capacity` writable bytes, or is NULL when `capacity` is 0;
/// `needed` and `rejection` are NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hubs_explain(
    hubs: *const provisor_hubs,
    id: *const c_char,
    id_len: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (asked, buffer, rejection) = unsafe {
        (
            Asked::new(hubs, id, id_len),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    asked.explain(Lists::by_weights, buffer, rejection)
}

/// The hub of a device by a policy and its lists: `place` receives its place in the array that the
/// hubs were made from.
///
/// # Safety
///
/// `hubs` is not freed; `allocation` is readable and what it points to has the numbers of elements and
/// bytes that it says, where they are read; `id` (a registration ID, current rules) has `id_len`
/// readable bytes, or is NULL when that is 0; `place` is writable; `rejection` is NULL or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hubs_allocate_by(
    hubs: *const provisor_hubs,
    allocation: *const provisor_allocation,
    id: *const c_char,
    id_len: usize,
    place: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (asked, allocation, place, rejection) = unsafe {
        (
            Asked::new(hubs, id, id_len),
            Object::new(allocation),
            Out::new(place, "place"),
            RejectionOut::new(rejection),
        )
    };
    asked.place(
        || Lists::read(allocation.read("allocation")?),
        place,
        rejection,
    )
}

/// Why this hub, by a policy and its lists: writes a table with one line for each linked hub, best
/// first.
///
/// # Safety
///
/// As `provisor_hubs_allocate_by` and `provisor_hubs_explain`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn provisor_hubs_explain_by(
    hubs: *const provisor_hubs,
    allocation: *const provisor_allocation,
    id: *const c_char,
    id_len: usize,
    buffer: *mut c_char,
    capacity: usize,
    needed: *mut usize,
    rejection: *mut *mut provisor_rejection,
) -> provisor_status {
    // SAFETY: the caller's word, as above.
    let (asked, allocation, buffer, rejection) = unsafe {
        (
            Asked::new(hubs, id, id_len),
            Object::new(allocation),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    asked.explain(
        || Lists::read(allocation.read("allocation")?),
        buffer,
        rejection,
    )
}

/// Which device of which hubs is asked about.
struct Asked<'a> {
    hubs: Object<'a, provisor_hubs>,
    id: Text<'a>,
}

impl Asked<'_> {
    /// # Safety
    ///
    /// As the functions that ask say of `hubs` and `id`.
    unsafe fn new(hubs: *const provisor_hubs, id: *const c_char, id_len: usize) -> Self {
        // SAFETY: the caller's word, as above.
        unsafe {
            Self {
                hubs: Object::new(hubs),
                id: Text::new(id, id_len, "id"),
            }
        }
    }

    /// The lists are read when it is their turn.
    fn place(
        self,
        by: impl FnOnce() -> Result<Lists, Rejection>,
        place: Out<usize>,
        rejection: RejectionOut,
    ) -> provisor_status {
        boundary::run(rejection, || {
            let out = place.required()?;
            let hubs = self.hubs.read("hubs")?;
            let lists = by()?;
            let id = RegistrationId::try_from(self.id.read()?)?;
            out.set(hubs.place(lists.allocator(&hubs.linked).choose(&id)?)?);
            Ok(())
        })
    }

    fn explain(
        self,
        by: impl FnOnce() -> Result<Lists, Rejection>,
        buffer: Buffer,
        rejection: RejectionOut,
    ) -> provisor_status {
        boundary::run(rejection, || {
            let hubs = self.hubs.read("hubs")?;
            let lists = by()?;
            let id = RegistrationId::try_from(self.id.read()?)?;
            let trace = lists.allocator(&hubs.linked).explain(&id)?;
            buffer.write_text(&trace.to_string())
        })
    }
}

/// A policy and its lists, read.
struct Lists {
    policy: AllocationPolicy,
    subset: Option<Vec<HubName>>,
    latencies: Vec<Latency>,
}

impl Lists {
    /// Where nobody says how.
    #[expect(clippy::unnecessary_wraps, reason = "as `read`, which can fail")]
    fn by_weights() -> Result<Self, Rejection> {
        Ok(Self {
            policy: AllocationPolicy::default(),
            subset: None,
            latencies: Vec::new(),
        })
    }

    fn read(allocation: &provisor_allocation) -> Result<Self, Rejection> {
        // SAFETY: callers of functions with such a struct promise that what it points to has the
        // numbers of elements and bytes that it says.
        let (fixed, subset, latencies) = unsafe {
            (
                Text::new(
                    allocation.static_hub,
                    allocation.static_hub_len,
                    "static_hub",
                ),
                Array::new(allocation.subset, allocation.subset_len, "subset"),
                Array::new(allocation.latencies, allocation.latencies_len, "latencies"),
            )
        };
        let policy = match allocation.policy {
            PROVISOR_POLICY_WEIGHTED => AllocationPolicy::Weighted,
            PROVISOR_POLICY_EVENLY_WEIGHTED => AllocationPolicy::EvenlyWeighted,
            PROVISOR_POLICY_LOWEST_LATENCY => AllocationPolicy::LowestLatency,
            PROVISOR_POLICY_STATIC => AllocationPolicy::Static(HubName::parse(fixed.read()?)?),
            other => {
                return Err(Rejection::new(Code::ArgValue, Subject::field("policy"))
                    .expected("one of the constants PROVISOR_POLICY_...")
                    .found(other.to_string()));
            }
        };
        let subset = match allocation.restricted {
            0 => None,
            _ => Some(elements(subset, "subset", provisor_hub_name::read)?),
        };
        let latencies = elements(latencies, "latencies", provisor_latency::read)?;
        Ok(Self {
            policy,
            subset,
            latencies,
        })
    }

    fn allocator<'h>(&self, linked: &'h LinkedHubs) -> Allocator<'h, '_> {
        let allocator = Allocator::new(linked, &self.policy).latencies(&self.latencies);
        match &self.subset {
            Some(subset) => allocator.among(subset),
            None => allocator,
        }
    }
}

/// Every element of an array of the caller's; a rejection names the element.
fn elements<T, R>(
    array: Array<'_, T>,
    name: &str,
    read: fn(&T) -> Result<R, Rejection>,
) -> Result<Vec<R>, Rejection> {
    let elements = array.read()?.iter().zip(0_usize..);
    elements
        .map(|(element, place)| read(element).map_err(|r| of_element(&r, name, place)))
        .collect()
}

impl provisor_hub_name {
    fn read(&self) -> Result<HubName, Rejection> {
        // SAFETY: as for `provisor_hub`.
        HubName::parse(unsafe { Text::new(self.name, self.name_len, "name") }.read()?)
    }
}

impl provisor_latency {
    fn read(&self) -> Result<Latency, Rejection> {
        // SAFETY: as for `provisor_hub`.
        let name = unsafe { Text::new(self.name, self.name_len, "name") }.read()?;
        Ok(Latency::new(HubName::parse(name)?, self.milliseconds))
    }
}

impl provisor_hub {
    fn read(&self) -> Result<(HubName, Weight), Rejection> {
        // SAFETY: callers of functions with such an array promise that each element's `name` has its
        // `name_len` readable bytes.
        let name = unsafe { Text::new(self.name, self.name_len, "name") }.read()?;
        Ok((HubName::parse(name)?, Weight::new(self.weight)?))
    }
}

impl provisor_hubs {
    /// Everything copied; an empty salt is none.
    fn prepare(
        scope: &str,
        salt: &[u8],
        linked: Array<'_, provisor_hub>,
    ) -> Result<Self, Rejection> {
        let scope = IdScope::parse(scope)?;
        let basis = AllocationBasis::new(Salt::new(salt)?);
        let hubs = elements(linked, "linked", provisor_hub::read)?;
        let mut places: Vec<_> = hubs.iter().map(|(name, _)| name.clone()).zip(0..).collect();
        places.sort_unstable();
        let linked = LinkedHubs::with_basis(&scope, &basis, hubs)?;
        Ok(Self { linked, places })
    }

    /// The place of a linked hub in the caller's array.
    fn place(&self, hub: &HubName) -> Result<usize, Rejection> {
        self.places
            .binary_search_by(|(name, _)| name.cmp(hub))
            .ok()
            .and_then(|at| self.places.get(at))
            .map(|(_, place)| *place)
            // Not reached: the names of `places` are those of `linked`. Were it, saying so is better
            // than a wrong place.
            .ok_or_else(|| Rejection::new(Code::AllocHubNotLinked, Subject::field("hubs")))
    }
}

/// Says which element of the array was refused.
fn of_element(rejection: &Rejection, name: &str, place: usize) -> Rejection {
    let subject = format!("{name}[{place}]: {}", rejection.subject());
    rejection.clone().about(Subject::field(subject))
}
