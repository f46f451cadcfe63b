// another client than reqwest's
mod reqwest {
    pub struct Client;

    impl Client {
        pub fn new() -> Self {
            Client
        }
    }
}

pub fn make() -> usize {
    std::mem::size_of_val(&reqwest::Client::new())
}
