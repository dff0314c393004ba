//! Loops over many fragments, compiled a second time for wider vectors.
//!
//! A wider vector does the same single operations on more lanes at once, so
//! both versions give the same bits.

/// `run!(f(a: A = x, …))` calls the inlined function `f` with `x…`, in a version for AVX2 where the processor has it.
macro_rules! run {
    ($function:ident($($argument:ident: $type:ty = $value:expr),* $(,)?)) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2")]
            fn wide($($argument: $type),*) {
                $function($($argument),*);
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the processor has AVX2, which is all that `wide` asks for.
                #[allow(unsafe_code)]
                unsafe {
                    wide($($value),*);
                }
            } else {
                $function($($value),*);
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        $function($($value),*);
    }};
}
pub(crate) use run;
