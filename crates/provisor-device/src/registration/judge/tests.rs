use super::*;

const WORKING: &str = r#"{"operationId":"5.a","status":"assigning"}"#;
const UNKNOWN: &str = r#"{"operationId":"5.a","status":"dreaming"}"#;
const ASSIGNED: &str = r#"{"status":"assigned","registrationState":{"registrationId":"LINE-7","assignedHub":"h","deviceId":"d"}}"#;
const SEALED: &str = r#"{"status":"assigned","registrationState":{"assignedHub":"h","deviceId":"d","tpm":{"authenticationKey":"AA=="}}}"#;
const ANOTHERS: &str = r#"{"status":"assigned","registrationState":{"registrationId":"line-8","assignedHub":"h","deviceId":"d"}}"#;
const CHALLENGE: &str = r#"{"authenticationKey":"AA==","keyName":"registration"}"#;
const REFUSAL: &str = r#"{"errorCode":401002,"trackingId":"t","message":"m"}"#;

fn failed(code: u32) -> std::string::String {
    std::format!(r#"{{"status":"failed","registrationState":{{"errorCode":{code}}}}}"#)
}

/// The verdict in a word.
fn judge(
    kind: RequestKind,
    credential: Credential,
    status: u16,
    body: &str,
) -> std::string::String {
    let asked = Asked {
        kind,
        credential,
        registration_id: "line-7",
    };
    match asked.judge(
        status,
        Answer::read(body.as_bytes()).map_err(crate::Error::reason),
    ) {
        Verdict::Working(Some(_)) => "working, known".into(),
        Verdict::Working(None) => "working".into(),
        Verdict::Assigned { .. } => "assigned".into(),
        Verdict::Challenged => "challenged".into(),
        Verdict::Retry(reason) => std::format!("retry {}", reason.name()),
        Verdict::Again(reason) => std::format!("again {}", reason.name()),
        Verdict::Final(reason) => std::format!("final {}", reason.name()),
    }
}

#[test]
fn the_table() {
    use Credential::{Certificate, Key, Tpm};
    use RequestKind::{Operation, Proof, Register};
    let disabled = r#"{"status":"disabled","registrationState":{}}"#;
    let rows: &[(RequestKind, Credential, u16, &str, &str)] = &[
        (Register, Key, 202, WORKING, "working, known"),
        (Register, Certificate, 200, WORKING, "working, known"),
        (Register, Key, 202, UNKNOWN, "working, known"),
        (
            Register,
            Key,
            202,
            r#"{"operationId":"5.a"}"#,
            "working, known",
        ),
        (Register, Key, 202, "{}", "retry ANSWER_INCOMPLETE"),
        (
            Register,
            Key,
            202,
            r#"{"status":"assigning"}"#,
            "retry ANSWER_INCOMPLETE",
        ),
        (Register, Key, 202, "<html>", "retry ANSWER_MALFORMED"),
        (Register, Key, 200, ASSIGNED, "assigned"),
        (Operation, Key, 200, ASSIGNED, "assigned"),
        (Operation, Key, 202, ASSIGNED, "assigned"),
        (Operation, Key, 200, ANOTHERS, "retry ANSWER_FOR_ANOTHER"),
        (
            Operation,
            Key,
            200,
            r#"{"status":"assigned"}"#,
            "retry ANSWER_INCOMPLETE",
        ),
        (Operation, Key, 202, WORKING, "working"),
        (Operation, Key, 202, UNKNOWN, "working"),
        (Operation, Key, 202, r#"{"status":"unassigned"}"#, "working"),
        (Operation, Key, 202, "{}", "retry ANSWER_INCOMPLETE"),
        (Operation, Key, 200, disabled, "final DISABLED"),
        (Register, Key, 200, disabled, "final DISABLED"),
        (
            Operation,
            Key,
            200,
            r#"{"status":"failed"}"#,
            "final FAILED",
        ),
        (Register, Key, 401, REFUSAL, "final REFUSED"),
        (Register, Certificate, 401, CHALLENGE, "final REFUSED"),
        (Operation, Key, 401, REFUSAL, "again OPERATION_LOST"),
        (Operation, Key, 404, REFUSAL, "again OPERATION_LOST"),
        (Register, Key, 404, REFUSAL, "final REFUSED"),
        (Register, Key, 400, "", "final REFUSED"),
        (Operation, Key, 403, "", "final REFUSED"),
        (Register, Key, 409, REFUSAL, "again CONFLICT"),
        (Operation, Key, 412, REFUSAL, "again CONFLICT"),
        (Register, Key, 408, "", "retry SERVICE_BUSY"),
        (Register, Key, 429, "", "retry SERVICE_BUSY"),
        (Operation, Key, 500, "", "retry SERVICE_BUSY"),
        (Operation, Key, 503, ASSIGNED, "retry SERVICE_BUSY"),
        (Register, Key, 999, "", "retry SERVICE_BUSY"),
        (Register, Key, 301, ASSIGNED, "retry REDIRECTED"),
        (Register, Key, 307, "", "retry REDIRECTED"),
        (Register, Key, 100, WORKING, "retry ANSWER_INCOMPLETE"),
        (Register, Key, 0, WORKING, "retry ANSWER_INCOMPLETE"),
        // The TPM's two requests.
        (Register, Tpm, 401, CHALLENGE, "challenged"),
        (Register, Tpm, 401, REFUSAL, "final REFUSED"),
        (Register, Tpm, 401, "", "final REFUSED"),
        (Register, Tpm, 202, WORKING, "retry ANSWER_INCOMPLETE"),
        (Register, Tpm, 200, SEALED, "retry ANSWER_INCOMPLETE"),
        (Register, Tpm, 404, REFUSAL, "final REFUSED"),
        (Proof, Tpm, 202, WORKING, "working, known"),
        (Proof, Tpm, 401, CHALLENGE, "challenged"),
        (Proof, Tpm, 401, REFUSAL, "again REFUSED"),
        (Proof, Tpm, 200, SEALED, "assigned"),
        (Proof, Tpm, 404, REFUSAL, "final REFUSED"),
        (Operation, Tpm, 200, SEALED, "assigned"),
        (Operation, Tpm, 200, ASSIGNED, "retry ANSWER_INCOMPLETE"),
        (Operation, Tpm, 401, CHALLENGE, "again OPERATION_LOST"),
    ];
    for &(kind, credential, status, body, expected) in rows {
        let found = judge(kind, credential, status, body);
        assert_eq!(found, expected, "{kind:?} {credential:?} {status} {body}");
    }
    for (code, expected) in [
        (400_208, "final FAILED"),
        (404_201, "final FAILED"),
        (409_203, "again CONFLICT"),
        (412_000, "again CONFLICT"),
        (408_000, "again SERVICE_BUSY"),
        (429_001, "again SERVICE_BUSY"),
        (500_001, "again SERVICE_BUSY"),
        (599_999, "again SERVICE_BUSY"),
        (600_000, "final FAILED"),
    ] {
        assert_eq!(
            judge(Operation, Key, 200, &failed(code)),
            expected,
            "{code}"
        );
    }
}
