//! Settings, hubs, CA certificates, policies.

use std::path::Path;

use data_encoding::BASE64;
use provisor_server::outgoing::Reply;
use provisor_wire::admin::{
    AccessPolicy, AdminClient, CaCertificate, KeyWord, LinkedHub, ServiceInfo,
};
use provisor_wire::{Body as _, Rejection};

use super::command::{CaCommand, HubCommand, PolicyCommand, ServiceCommand, Slot};
use super::session::{Session, Stop};
use super::show;
use crate::answer::Answer;
use crate::input;

pub(super) async fn service(session: &Session, command: &ServiceCommand) -> Result<Answer, Stop> {
    let request = match command {
        ServiceCommand::Show => AdminClient.read("service"),
        ServiceCommand::Set { allocation_policy } => {
            let settings = ServiceInfo::default().allocation_policy(allocation_policy.as_str());
            AdminClient.put_service(&settings)
        }
    };
    show::thing(&session.ask(request).await?)
}

pub(super) async fn hub(session: &Session, command: &HubCommand) -> Result<Answer, Stop> {
    match command {
        HubCommand::List => show::list(&session.ask(AdminClient.read("hubs")).await?),
        HubCommand::Show { name } => {
            show::thing(&session.ask(AdminClient.read_named("hubs", name)).await?)
        }
        HubCommand::Add {
            name,
            weight,
            no_allocation,
            location,
            credential_file,
        } => {
            let mut hub = LinkedHub::default().name(name.as_str());
            hub.allocation_weight = *weight;
            hub.apply_allocation_policy = no_allocation.then_some(false);
            hub.location.clone_from(location);
            if let Some(file) = credential_file {
                let text = input::text(file)?;
                hub = hub.connection_string(text.trim());
            }
            show::thing(&session.ask(AdminClient.put_hub(&hub)).await?)
        }
        HubCommand::Reweight { name, weight } => {
            // The rest stays as it is: the version that was read is the one that is written.
            let read = session.ask(AdminClient.read_named("hubs", name)).await?;
            let hub = LinkedHub::from_answer(&read.body).map_err(unreadable)?;
            let hub = hub.allocation_weight(*weight);
            show::thing(&session.ask(AdminClient.put_hub(&hub)).await?)
        }
        HubCommand::Remove { name } => {
            session.ask(AdminClient.delete("hubs", name, None)).await?;
            Ok(show::done(format_args!("unlinked {name}")))
        }
    }
}

pub(super) async fn ca(session: &Session, command: &CaCommand) -> Result<Answer, Stop> {
    match command {
        CaCommand::List => show::list(&session.ask(AdminClient.read("certificates")).await?),
        CaCommand::Show { name } => {
            let request = AdminClient.read_named("certificates", name);
            show::thing(&session.ask(request).await?)
        }
        CaCommand::Add { name, file } => {
            let certificate = CaCertificate::default()
                .name(name.as_str())
                .certificate(certificate(file)?);
            show::thing(
                &session
                    .ask(AdminClient.put_certificate(&certificate))
                    .await?,
            )
        }
        CaCommand::Code { name } => code(&session.ask(AdminClient.draw_code(name)).await?),
        CaCommand::Verify { name, file } => {
            let request = AdminClient.verify_certificate(name, &certificate(file)?);
            show::thing(&session.ask(request).await?)
        }
        CaCommand::Delete { name } => {
            let request = AdminClient.delete("certificates", name, None);
            session.ask(request).await?;
            Ok(show::done(format_args!("deleted {name}")))
        }
    }
}

/// The code alone on standard output, and what to do with it beside.
fn code(reply: &Reply) -> Result<Answer, Stop> {
    let ca = CaCertificate::from_answer(&reply.body).map_err(unreadable)?;
    let code = ca
        .verification_code
        .ok_or_else(|| Stop::unusable("the answer has no code"))?;
    let mut answer = show::done(&code);
    answer.notes = format!(
        "Have the CA issue a certificate with that common name, then verify it. With openssl:\n  \
         openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout proof.key -subj /CN={code} -out proof.csr\n  \
         openssl x509 -req -in proof.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -out proof.pem\n"
    );
    Ok(answer)
}

pub(super) async fn policy(session: &Session, command: &PolicyCommand) -> Result<Answer, Stop> {
    match command {
        PolicyCommand::List => show::list(&session.ask(AdminClient.read("policies")).await?),
        PolicyCommand::Show { name } => {
            let request = AdminClient.read_named("policies", name);
            show::thing(&session.ask(request).await?)
        }
        PolicyCommand::Add { name, rights } => {
            let policy = AccessPolicy::default()
                .key_name(name.as_str())
                .rights(rights.clone());
            show::thing(&session.ask(AdminClient.put_policy(&policy)).await?)
        }
        PolicyCommand::Keys { name } => {
            show::thing(&session.ask(AdminClient.policy_keys(name)).await?)
        }
        PolicyCommand::Rotate { name, key } => {
            let key = match key {
                Slot::Primary => KeyWord::Primary,
                Slot::Secondary => KeyWord::Secondary,
            };
            show::thing(
                &session
                    .ask(AdminClient.rotate_policy_key(name, key))
                    .await?,
            )
        }
        PolicyCommand::Delete { name } => {
            let request = AdminClient.delete("policies", name, None);
            session.ask(request).await?;
            Ok(show::done(format_args!("deleted {name}")))
        }
    }
}

/// PEM as it is, DER as base64.
fn certificate(file: &Path) -> Result<String, Stop> {
    let bytes = input::bytes(file)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(other) => Ok(BASE64.encode(other.as_bytes())),
    }
}

fn unreadable(why: Rejection) -> Stop {
    Stop::unusable(format!("the answer: {why}"))
}
