// reason: `concat` is a trait's method in this workspace, and may have another impl
//! std has methods of these names as well, and a trait of the workspace gives them to `String`, to what a
//! macro lists, or to all that can be seen as text.

pub trait Pieces {
    fn concat(&self) -> String;
}

macro_rules! pieces {
    ($($type:ty)*) => {
        $(impl Pieces for $type {
            fn concat(&self) -> String {
                format!("{}", std::mem::size_of_val(self))
            }
        })*
    };
}

pieces!(Vec<String> String);

pub trait Size {
    fn repeat(&self, times: usize) -> String;
}

impl<T: AsRef<str>> Size for T {
    fn repeat(&self, times: usize) -> String {
        format!("{}{times}", std::mem::size_of::<T>())
    }
}

pub async fn listed(names: &[String]) -> String {
    names.to_vec().concat()
}

pub async fn blanket(name: &str) -> String {
    name.to_string().repeat(2)
}
