//! The machine that runs a flow: bytes out, bytes in, nothing left behind.

use alloc::vec::Vec;
use core::mem;

use provisor_report::{Code, Rejection, Subject};

use super::{Answer, Command, Flow, Handle, ResponseCode, Step, command};
use crate::limits;

/// Runs one [`Flow`] to its end, one command at a time.
///
/// Ask for the next [`Action`], send its bytes, hand the response in, and again. What the machine
/// does by itself, because every flow needs it:
///
/// * A TPM that is busy (`TPM_RC_RETRY` and its like) gets the same bytes again, a bounded number of
///   times; [`Machine::repeats`] tells a driver how long to wait.
/// * A TPM that was not started is started, once.
/// * When the flow fails, every session and transient object that it opened is flushed before the
///   reason is handed out.
/// * No TPM, honest or not, keeps it busy for more than [`limits::DEVICE_COMMANDS`] commands and
///   the few that clean up.
#[derive(Debug)]
pub struct Machine<F: Flow> {
    flow: F,
    state: State<F::Output>,
    /// What was opened and is not closed yet, oldest first.
    open: Vec<Handle>,
    sent: u32,
    repeats: u32,
    started: bool,
}

/// What the driver has to do.
#[derive(Debug)]
pub enum Action<'a, T> {
    /// Send these bytes, then hand the response to [`Machine::on_response`]. Asked again before
    /// that, the machine answers with the same bytes.
    Send(&'a [u8]),
    /// The flow ended, with this. Handed out once.
    Done(T),
    /// The flow failed; nothing that it opened is left in the TPM.
    Failed(Rejection),
}

#[derive(Debug)]
enum State<T> {
    Sending(Command, Purpose),
    Done(T),
    Failed(Rejection),
    Over,
}

/// What a command is for.
#[derive(Debug)]
enum Purpose {
    /// The flow asked for it.
    Flow,
    /// To start the TPM, so that this command of the flow can be sent again.
    Startup(Command),
    /// To flush what a failed flow left; the reason of its failure waits.
    Cleanup(Rejection),
}

impl<F: Flow> Machine<F> {
    /// Starts a flow.
    #[must_use]
    pub fn new(flow: F) -> Self {
        let mut machine = Self {
            flow,
            state: State::Over,
            open: Vec::new(),
            sent: 0,
            repeats: 0,
            started: false,
        };
        let first = machine.flow.next(None);
        machine.follow(first);
        machine
    }

    /// What to do now.
    pub fn action(&mut self) -> Action<'_, F::Output> {
        match &self.state {
            State::Sending(..) => {}
            State::Done(_) | State::Failed(_) | State::Over => {
                return match mem::replace(&mut self.state, State::Over) {
                    State::Done(output) => Action::Done(output),
                    State::Failed(rejection) => Action::Failed(rejection),
                    State::Sending(..) | State::Over => Action::Failed(out_of_order()),
                };
            }
        }
        match &self.state {
            State::Sending(command, _) => Action::Send(command.as_bytes()),
            State::Done(_) | State::Failed(_) | State::Over => Action::Failed(out_of_order()),
        }
    }

    /// Takes the response to the bytes that [`Machine::action`] gave last.
    pub fn on_response(&mut self, bytes: &[u8]) {
        let State::Sending(command, purpose) = mem::replace(&mut self.state, State::Over) else {
            self.state = State::Failed(out_of_order());
            return;
        };
        match Answer::read(&command, bytes) {
            Ok(Answer::Refused(_, code)) if self.may_repeat(code) => {
                self.repeats += 1;
                self.send(command, purpose);
            }
            Ok(answer) => {
                self.repeats = 0;
                self.track(&command, &answer);
                self.deliver(command, purpose, answer);
            }
            Err(rejection) => match purpose {
                Purpose::Flow | Purpose::Startup(_) => self.fail(rejection),
                // What cannot be flushed is left; the first reason is the one to hear.
                Purpose::Cleanup(reason) => self.fail(reason),
            },
        }
    }

    /// How often the command at hand was sent again because the TPM was busy. A driver that can
    /// should wait before it sends: some milliseconds, and longer each time.
    #[must_use]
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// Runs the whole flow over a transport that takes a command and gives its response.
    ///
    /// An error of the transport ends it at once: nothing can be flushed over a broken wire, and
    /// a restart of the TPM removes what was open.
    ///
    /// # Errors
    ///
    /// The transport's, or the flow's rejection turned into one.
    pub fn run<E: From<Rejection>>(
        mut self,
        mut transport: impl FnMut(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<F::Output, E> {
        loop {
            // Bounded by the machine's own count of commands.
            let response = match self.action() {
                Action::Send(command) => transport(command)?,
                Action::Done(output) => return Ok(output),
                Action::Failed(rejection) => return Err(rejection.into()),
            };
            self.on_response(&response);
        }
    }

    fn deliver(&mut self, command: Command, purpose: Purpose, answer: Answer<'_>) {
        match (purpose, answer) {
            (Purpose::Flow, Answer::Refused(_, ResponseCode::INITIALIZE)) if !self.started => {
                self.started = true;
                match command::startup() {
                    Ok(startup) => self.send(startup, Purpose::Startup(command)),
                    Err(rejection) => self.fail(rejection),
                }
            }
            (Purpose::Flow, answer) => {
                let step = self.flow.next(Some(answer));
                self.follow(step);
            }
            (Purpose::Startup(waiting), Answer::Done(_)) => self.send(waiting, Purpose::Flow),
            (Purpose::Startup(_), Answer::Refused(code, reason)) => {
                self.fail(reason.into_rejection(code));
            }
            (Purpose::Cleanup(reason), _) => self.fail(reason),
        }
    }

    fn follow(&mut self, step: Result<Step<F::Output>, Rejection>) {
        match step {
            Ok(Step::Send(command)) => self.send(command, Purpose::Flow),
            Ok(Step::Done(output)) => self.state = State::Done(output),
            Err(rejection) => self.fail(rejection),
        }
    }

    fn send(&mut self, command: Command, purpose: Purpose) {
        let cleaning = matches!(purpose, Purpose::Cleanup(_));
        if self.sent >= limits::DEVICE_COMMANDS && !cleaning {
            return self.fail(
                Rejection::new(Code::TpmDeviceBudget, Subject::field(command.code().name()))
                    .expected(alloc::format!(
                        "at most {} commands",
                        limits::DEVICE_COMMANDS
                    )),
            );
        }
        self.sent += 1;
        self.state = State::Sending(command, purpose);
    }

    /// Flushes what is open, newest first, and then says why.
    fn fail(&mut self, reason: Rejection) {
        while let Some(handle) = self.open.pop() {
            if let Ok(flush) = command::flush_context(handle) {
                self.repeats = 0;
                return self.send(flush, Purpose::Cleanup(reason));
            }
        }
        self.state = State::Failed(reason);
    }

    const fn may_repeat(&self, code: ResponseCode) -> bool {
        code.is_passing() && self.repeats < limits::DEVICE_REPEATS
    }

    /// Notes what a command opened or closed.
    fn track(&mut self, command: &Command, answer: &Answer<'_>) {
        let Answer::Done(response) = answer else {
            return;
        };
        if let Some(closed) = command.closes() {
            self.open.retain(|handle| *handle != closed);
        }
        if let Ok(opened) = response.handle()
            && !self.open.contains(&opened)
        {
            self.open.push(opened);
        }
    }
}

fn out_of_order() -> Rejection {
    Rejection::new(Code::TpmDeviceOrder, Subject::field("device"))
}
