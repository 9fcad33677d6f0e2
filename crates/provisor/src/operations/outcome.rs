//! What comes out of an operation.

use alloc::boxed::Box;

use provisor_report::Rejection;

use super::transaction::Transaction;

/// What to commit, and what to answer then.
#[derive(Debug)]
#[must_use = "commit the transaction, then answer"]
pub struct Outcome<A> {
    /// Boxed, as most outcomes are handed on.
    transaction: Box<Transaction>,
    answer: Result<A, Rejection>,
}

/// The answer to an operation whose transaction is being committed.
#[derive(Debug)]
#[must_use = "answer when the transaction was committed"]
pub struct Pending<A>(Result<A, Rejection>);

impl<A> Outcome<A> {
    pub(super) fn new(transaction: Transaction, answer: Result<A, Rejection>) -> Self {
        Self {
            transaction: Box::new(transaction),
            answer,
        }
    }

    /// The two, one after the other: there is no way to the answer but through the transaction.
    pub fn begin(self) -> (Transaction, Pending<A>) {
        (*self.transaction, Pending(self.answer))
    }

    /// Why it is refused, if it is. Its transaction has an entry for the audit log all the same.
    #[must_use]
    pub fn refused(&self) -> Option<&Rejection> {
        self.answer.as_ref().err()
    }

    /// The same with another form of the answer.
    pub fn map<B>(self, form: impl FnOnce(A) -> B) -> Outcome<B> {
        Outcome {
            transaction: self.transaction,
            answer: self.answer.map(form),
        }
    }
}

impl<A> Pending<A> {
    /// The answer. Call it when the store has committed the transaction; if it has not, drop this,
    /// look up again and do the operation again.
    ///
    /// # Errors
    /// Why the operation was refused.
    pub fn committed(self) -> Result<A, Rejection> {
        self.0
    }
}
