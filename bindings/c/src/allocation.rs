//! Allocation: the linked hubs, made once, and the hub of each device.

use core::ffi::c_char;

use provisor::allocation::{AllocationPolicy, Allocator, LinkedHubs, Weight, allocate};
use provisor::{Code, HubName, IdScope, RegistrationId, Rejection, Subject};

use crate::boundary;
use crate::input::{self, Array, Object, Text};
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

/// Prepares the hubs of an ID scope for allocation; everything is copied. No hub at all is legal
/// here; allocation then refuses.
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
    // SAFETY: the caller's word, as above.
    let (scope, linked, hubs, rejection) = unsafe {
        (
            Text::new(scope, scope_len, "scope"),
            Array::new(linked, linked_len, "linked"),
            Out::new(hubs, "hubs"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let out = hubs.required()?;
        let scope = IdScope::parse(scope.read()?)?;
        let hubs = linked
            .read()?
            .iter()
            .zip(0..)
            .map(|(hub, place)| hub.read().map_err(|r| of_element(&r, place)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut places: Vec<_> = hubs.iter().map(|(name, _)| name.clone()).zip(0..).collect();
        places.sort_unstable();
        let linked = LinkedHubs::new(&scope, hubs)?;
        out.give(provisor_hubs { linked, places });
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
    let (hubs, id, place, rejection) = unsafe {
        (
            Object::new(hubs),
            Text::new(id, id_len, "id"),
            Out::new(place, "place"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let out = place.required()?;
        let hubs = hubs.read("hubs")?;
        let id = RegistrationId::try_from(id.read()?)?;
        out.set(hubs.place(allocate(&hubs.linked, &id)?)?);
        Ok(())
    })
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
    let (hubs, id, buffer, rejection) = unsafe {
        (
            Object::new(hubs),
            Text::new(id, id_len, "id"),
            Buffer::text(buffer, capacity, needed, "buffer"),
            RejectionOut::new(rejection),
        )
    };
    boundary::run(rejection, || {
        let hubs = hubs.read("hubs")?;
        let id = RegistrationId::try_from(id.read()?)?;
        let trace = Allocator::new(&hubs.linked, &AllocationPolicy::Weighted).explain(&id)?;
        buffer.write_text(&trace.to_string())
    })
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
fn of_element(rejection: &Rejection, place: usize) -> Rejection {
    let subject = format!("linked[{place}]: {}", rejection.subject());
    rejection.clone().about(Subject::field(subject))
}
