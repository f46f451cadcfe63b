// reason: `to_string` of `first` may be another trait's here than std's

macro_rules! quoting {
    ($name:ident, $type:ty) => {
        /// Takes `self` as it is: that is found before what takes `&self`.
        pub trait $name {
            fn to_string(self) -> String;
        }

        impl $name for $type {
            fn to_string(self) -> String {
                std::format!("'{self}'")
            }
        }
    };
}
quoting!(Quoted, u64);

pub async fn numbers(first: u64) -> Vec<String> {
    vec![format!("{}", first)]
}
