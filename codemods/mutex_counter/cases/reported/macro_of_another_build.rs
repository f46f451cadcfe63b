// reason: the macro `traced_steps` names `STEPS_TRACED`, and may lock it wherever it is expanded

use std::sync::Mutex;

static STEPS_TRACED: Mutex<u32> = Mutex::new(0);

macro_rules! traced_steps {
    ($step:expr) => {{
        #[cfg(target_os = "none")]
        {
            *STEPS_TRACED.lock().unwrap() += 1;
        }
        $step
    }};
}

pub(crate) fn enter() -> u32 {
    *STEPS_TRACED.lock().unwrap() += 1;
    traced_steps!(*STEPS_TRACED.lock().unwrap())
}
