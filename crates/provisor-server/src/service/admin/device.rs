//! `/admin/events`, `/admin/devices`.

use provisor::RegistrationId;
use provisor::operations::Caller;
use provisor_wire::admin::{self, DeviceRemoval, EventRow};
use provisor_wire::http::Answer;
use provisor_wire::service::entity;

use crate::app::App;
use crate::app::journal::{End, Event};
use crate::app::service::device::{self, Enrollment};
use crate::app::service::report;
use crate::service::request::in_path;
use crate::store::Result;

pub(super) fn events(
    app: &App,
    caller: &Caller,
    wanted: (Option<&str>, Option<&str>),
    most: Option<u64>,
) -> Result<Answer> {
    let events = report::events(app, caller, wanted, most)?;
    Ok(admin::list(&events.iter().map(row).collect::<Vec<_>>()))
}

pub(super) async fn remove(app: &App, caller: &Caller, id: &str) -> Result<Answer> {
    let id = RegistrationId::try_from(id).map_err(in_path("registrationId"))?;
    let removed = device::remove(app, caller, &id).await?;
    let mut body = DeviceRemoval::default()
        .registration_id(id.as_str())
        .enrollment(match removed.enrollment {
            Enrollment::Disabled => "disabled",
            Enrollment::Made => "made",
            Enrollment::Unchanged => "unchanged",
        })
        .registration(match (&removed.pending, removed.registration) {
            (Some(_), _) => "pending",
            (None, true) => "deleted",
            (None, false) => "absent",
        })
        .hub(match (&removed.pending, &removed.place) {
            (Some(_), _) => "pending",
            (None, Some(_)) => "removed",
            (None, None) => "absent",
        });
    body.explanation = removed.pending.map(|reason| reason.to_string());
    if let Some((hub, name)) = removed.place {
        body = body.assigned_hub(hub.as_str()).device_id(name.as_str());
    }
    Ok(entity(&body))
}

/// The whole reason: whoever may read registrations may know why there is none.
fn row(event: &Event) -> EventRow {
    let row = EventRow::default()
        .timestamp_utc(event.at)
        .tracking_id(&*event.tracking)
        .registration_id(&*event.registration_id)
        .transport(event.transport.name())
        .address(event.address.to_string());
    match &event.end {
        End::Assigned {
            hub,
            device_id,
            substatus,
        } => row
            .outcome("assigned")
            .assigned_hub(&**hub)
            .device_id(&**device_id)
            .substatus(&**substatus),
        End::Challenged => row.outcome("challenged"),
        End::Refused(reason) => row
            .outcome("refused")
            .code(reason.code().name())
            .explanation(reason.to_string()),
    }
}
