//! The impls that every generated type has.

macro_rules! l1_resource {
    ($name:ident, $type_name:literal, $id:path) => {
        impl crate::core::Resource for $name {
            const TYPE: &'static str = $type_name;
            type Id = $id;

            fn into_props(self) -> crate::core::Props {
                self.0
            }

            fn from_props(_: std::borrow::Cow<'static, str>, props: crate::core::Props) -> Self {
                Self(props)
            }
        }
    };
}

macro_rules! l1_property {
    ($name:ident) => {
        impl crate::core::Typed for $name {}
        impl crate::core::PropertyType for $name {
            fn into_props(self) -> crate::core::Props {
                self.0
            }

            fn from_props(props: crate::core::Props) -> Self {
                Self(props)
            }
        }
    };
}

macro_rules! l1_kind {
    ($name:ident) => {
        impl crate::core::Text for $name {}
        impl crate::core::Kind for $name {}
        impl crate::core::Takes<$name> for $name {}
    };
}

macro_rules! l1_enum {
    ($name:ident) => {
        impl crate::core::Text for $name {}
        impl crate::core::Kind for $name {}
        impl crate::core::Enumerated for $name {}
        impl crate::core::Takes<$name> for $name {}
    };
}

macro_rules! l1_union {
    ($name:ident, $($kind:path),*) => {
        impl crate::core::Text for $name {}
        impl crate::core::Kind for $name {}
        impl crate::core::Takes<$name> for $name {}
        $(
            impl crate::core::Takes<$kind> for $name {}
            impl From<crate::core::Value<$kind>> for crate::core::Value<$name> {
                fn from(value: crate::core::Value<$kind>) -> Self {
                    value.cast()
                }
            }
            impl From<&crate::core::Value<$kind>> for crate::core::Value<$name> {
                fn from(value: &crate::core::Value<$kind>) -> Self {
                    value.clone().cast()
                }
            }
        )*
    };
}
