//! The removal of a device.

use crate::service_api::stand::{Stand, code, enrollment, json};

#[tokio::test]
async fn a_device_that_never_registered_is_kept_out() {
    let stand = Stand::new().await;
    let path = "/admin/devices/line-7/remove";
    let absent = stand.ask("POST", path, &[], "").await;
    assert_eq!(code(&absent), 404_201);
    let body = enrollment("line-7").replace("{\"reg", "{\"deviceId\":\"press\",\"kept\":[1],\"reg");
    let made = stand.ask("PUT", "/enrollments/line-7", &[], &body).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let removed = json(&stand.ask("POST", path, &[], "").await);
    assert_eq!(
        removed,
        serde_json::json!({
            "registrationId": "line-7", "enrollment": "disabled", "registration": "absent", "hub": "absent"
        })
    );
    // The rest of the enrollment is as it was.
    let read = json(&stand.ask("GET", "/enrollments/line-7", &[], "").await);
    assert_eq!(read["provisioningStatus"], "disabled");
    assert_eq!(
        (&read["deviceId"], &read["kept"][0]),
        (&"press".into(), &1.into())
    );
    let again = json(&stand.ask("POST", path, &[], "").await);
    assert_eq!(again["enrollment"], "unchanged");
}
