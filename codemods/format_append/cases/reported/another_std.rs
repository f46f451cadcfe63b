// reason: may mean another `std`
// edition: 2018
pub mod own {
    pub mod std {
        pub mod fmt {
            pub trait Write {
                fn write_fmt(&mut self, text: ::std::fmt::Arguments<'_>) -> Result<(), ()>;
            }

            impl Write for String {
                fn write_fmt(&mut self, _: ::std::fmt::Arguments<'_>) -> Result<(), ()> {
                    Ok(())
                }
            }
        }
    }
}

pub mod page {
    use super::own::std;

    pub fn lines(names: &[&str]) -> String {
        let mut out = String::new();
        for name in names {
            out.push_str(&format!("{}:{}", name, names.len()));
        }
        std::fmt::Write::write_fmt(&mut out, format_args!("")).unwrap();
        out
    }
}
