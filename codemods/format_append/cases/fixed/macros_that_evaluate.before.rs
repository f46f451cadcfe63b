pub fn checked(sizes: &[u32], out: &mut Vec<String>) {
    for size in sizes {
        assert!(!out.contains(&format!("{}", size)), "twice");
        assert_eq!(format!("{}", size).len(), 1);
        println!("{}", format!("{}", size).len());
    }
}
