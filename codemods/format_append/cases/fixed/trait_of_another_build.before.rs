// level: review

#[cfg(windows)]
use self::shouted::Shout as _;

pub mod shouted {
    pub trait Shout {
        fn to_string(self) -> String;
    }

    impl Shout for u32 {
        fn to_string(self) -> String {
            std::format!("{self}!")
        }
    }
}

pub async fn text(of: u32) -> String {
    format!("{}", of)
}
