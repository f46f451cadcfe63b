// reason: `std::thread::park` means its own task or thread
pub async fn until_woken() {
    std::thread::park();
}
