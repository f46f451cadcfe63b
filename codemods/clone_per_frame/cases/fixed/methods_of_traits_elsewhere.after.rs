// level: safe
//! A trait of the workspace gives lists a method of that name, which is not in scope here.

mod far {
    pub trait Stepped {
        fn into_iter(self) -> u32;
    }

    impl Stepped for Vec<u8> {
        fn into_iter(self) -> u32 {
            8
        }
    }

    pub fn steps(bytes: &[u8]) -> u32 {
        Stepped::into_iter(bytes.to_vec())
    }
}

pub fn sums(frames: &[Vec<String>]) -> usize {
    let mut sum = far::steps(&[1]) as usize;
    for frame in frames {
        sum += frame[1..].iter().map(|text| text.len()).sum::<usize>();
    }
    sum
}
