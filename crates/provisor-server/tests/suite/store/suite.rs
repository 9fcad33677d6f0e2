//! What every store does, beside the contract.
