//! What is left in the TPM by every flow, whatever goes wrong.
