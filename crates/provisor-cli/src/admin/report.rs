//! What is counted, and what was done.

use provisor_wire::admin::{AdminClient, AuditRow, read_list};

use super::command::{Days, From, Which};
use super::session::{Session, Stop};
use super::show;
use crate::answer::Answer;

pub(super) async fn quotas(session: &Session) -> Result<Answer, Stop> {
    show::list(&session.ask(AdminClient.read("quotas")).await?)
}

pub(super) async fn metering(session: &Session, days: &Days) -> Result<Answer, Stop> {
    let mut what = "metering?".to_owned();
    for (name, day) in [("from", &days.from), ("to", &days.to)] {
        if let Some(day) = day {
            let legal = |byte: u8| byte.is_ascii_digit() || byte == b'-';
            if !day.bytes().all(legal) {
                return Err(Stop::unusable(format!("--{name}: a day is YYYY-MM-DD")));
            }
            what.push_str(&format!("{name}={day}&"));
        }
    }
    show::thing(
        &session
            .ask(AdminClient.read(what.trim_end_matches(['?', '&'])))
            .await?,
    )
}

/// All of it, part by part.
pub(super) async fn audit(session: &Session, from: &From) -> Result<Answer, Stop> {
    let (mut after, mut text) = (from.after, String::new());
    loop {
        let reply = session
            .ask(AdminClient.read(&format!("audit?after={after}")))
            .await?;
        let rows: Vec<AuditRow> =
            read_list(&reply.body).map_err(|why| Stop::unusable(format!("the answer: {why}")))?;
        text.push_str(&show::lines(&rows));
        match rows.last().and_then(|last| last.number) {
            Some(last) if last > after => after = last,
            _ => return Ok(Answer::accepted(text)),
        }
    }
}

pub(super) async fn events(session: &Session, which: &Which) -> Result<Answer, Stop> {
    let (registration_id, tracking_id) = (
        which.registration_id.as_deref(),
        which.tracking_id.as_deref(),
    );
    show::list(
        &session
            .ask(AdminClient.events(registration_id, tracking_id, which.most))
            .await?,
    )
}
