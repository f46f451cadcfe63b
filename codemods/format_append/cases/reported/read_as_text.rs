// reason: may read the code as it is written
//! Macros that show, or choose by, the text of their arguments.

macro_rules! show {
    ($e:expr) => {
        format!("{}={}", stringify!($e), $e)
    };
}

macro_rules! pick {
    (format!($($t:tt)*)) => {
        String::from("format")
    };
    ($e:expr) => {
        String::from("other")
    };
}

pub fn shown(sizes: &[u32], out: &mut Vec<String>) {
    for size in sizes {
        out.push(show!(format!("{}", size)));
    }
}

pub fn picked(sizes: &[u32], out: &mut Vec<String>) {
    for size in sizes {
        out.push(pick!(format!("{}", size)));
    }
}

pub fn printed(sizes: &[u32], out: &mut Vec<String>) {
    for size in sizes {
        out.push(dbg!(format!("{}", size)));
    }
}

pub fn checked(sizes: &[u32], out: &mut String) {
    for size in sizes {
        assert!({
            out.push_str(&format!("{}-{}", size, 1));
            out.len() < 100
        });
    }
}
