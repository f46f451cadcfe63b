//! What is shown may be another one when all is shown.

static mut LAST: u32 = 0;

unsafe fn next() -> u32 {
    LAST += 1;
    LAST
}

pub fn shown(times: u32) {
    for _ in 0..times {
        unsafe { println!("{} {}", format!("{}", LAST), next()) };
    }
}
