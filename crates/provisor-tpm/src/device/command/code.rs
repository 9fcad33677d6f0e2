//! The numbers and names of commands.

use core::fmt;

/// Names the commands that this crate sends, in the order of their numbers.
macro_rules! commands {
    ($( $name:ident = $value:literal, $text:literal, $doc:literal; )*) => {
        /// A `TPM_CC` that this crate sends (Part 2 section 6.5.2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum CommandCode {
            $( #[doc = $doc] $name, )*
        }

        impl CommandCode {
            /// The number.
            #[must_use]
            pub const fn value(self) -> u32 {
                match self { $( Self::$name => $value, )* }
            }

            /// The name in the specification.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name => concat!("TPM2_", $text), )* }
            }
        }
    };
}

commands! {
    EvictControl = 0x120, "EvictControl", "Makes an object persistent, or ends that.";
    CreatePrimary = 0x131, "CreatePrimary", "Makes a key from a seed and a template.";
    SequenceComplete = 0x13E, "SequenceComplete", "The last part of a sequence.";
    Startup = 0x144, "Startup", "Starts the TPM after power was applied.";
    ActivateCredential = 0x147, "ActivateCredential", "Opens a credential.";
    NvRead = 0x14E, "NV_Read", "Reads an NV index.";
    PolicySecret = 0x151, "PolicySecret", "A policy: the password of an entity is known.";
    Hmac = 0x155, "HMAC", "An HMAC in one command.";
    Import = 0x156, "Import", "Takes a wrapped object in, under a parent.";
    Load = 0x157, "Load", "Loads a child of a parent.";
    Quote = 0x158, "Quote", "Signs the state of PCRs.";
    HmacStart = 0x15B, "HMAC_Start", "Begins an HMAC in parts.";
    SequenceUpdate = 0x15C, "SequenceUpdate", "A further part of a sequence.";
    FlushContext = 0x165, "FlushContext", "Removes a transient object or a session.";
    NvReadPublic = 0x169, "NV_ReadPublic", "The size and attributes of an NV index.";
    PolicyOr = 0x171, "PolicyOR", "A policy: one of several was satisfied.";
    ReadPublic = 0x173, "ReadPublic", "The public area of an object.";
    StartAuthSession = 0x176, "StartAuthSession", "Begins a session.";
    GetCapability = 0x17A, "GetCapability", "What the TPM can do and holds.";
}

impl CommandCode {
    /// Whether the response begins with the handle of something that has to be flushed.
    pub(in crate::device) const fn makes_a_handle(self) -> bool {
        matches!(
            self,
            Self::CreatePrimary | Self::Load | Self::StartAuthSession | Self::HmacStart
        )
    }
}

impl fmt::Display for CommandCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
