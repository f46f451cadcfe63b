pub fn checked(sizes: &[u32], out: &mut Vec<String>) {
    for size in sizes {
        assert!(!out.contains(&size.to_string()), "twice");
        assert_eq!(size.to_string().len(), 1);
        println!("{}", size.to_string().len());
    }
}
