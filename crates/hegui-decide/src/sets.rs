//! Sets in the bits of one number: of conditions, of needs, of types of data.

/// Defines a set: a public number of bits, and what the three kinds of sets have in common.
macro_rules! set {
    ($(#[$about:meta])* $name:ident($bits:ty)) => {
        $(#[$about])*
        pub struct $name(pub $bits);

        impl $name {
            /// The empty set.
            pub const NONE: Self = Self(0);

            /// Both together.
            #[must_use]
            #[inline]
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// What is here and not there.
            #[must_use]
            #[inline]
            pub const fn without(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// What is in both.
            #[must_use]
            #[inline]
            pub const fn shared(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// Whether the two have anything in common.
            #[must_use]
            #[inline]
            pub const fn meets(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Whether there is nothing in it.
            #[must_use]
            #[inline]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Its bits' places, from the lowest.
            pub fn places(self) -> impl Iterator<Item = u8> {
                (0..<$bits>::BITS as u8).filter(move |place| (self.0 >> place) & 1 == 1)
            }
        }
    };
}

pub(crate) use set;
