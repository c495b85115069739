//! Float `%`, `//` and `**` as `Objects/floatobject.c` computes them, for compiled code to call.
//!
//! 2.7 and 3.x write it differently but compute the same; divisors are not zero here.

/// `float_rem`.
pub(in crate::backend) extern "C" fn modulo(dividend: f64, divisor: f64) -> f64 {
    let remainder = dividend % divisor;
    if remainder == 0.0 {
        return 0.0_f64.copysign(divisor);
    }
    if (divisor < 0.0) != (remainder < 0.0) { remainder + divisor } else { remainder }
}

/// `float_floor_div`: the quotient of `float_divmod`.
pub(in crate::backend) extern "C" fn floor_divide(dividend: f64, divisor: f64) -> f64 {
    let remainder = dividend % divisor;
    // Very close to an integer, but this subtraction and division round.
    let mut quotient = (dividend - remainder) / divisor;
    // A NaN remainder counts as non-zero, as in C.
    if remainder != 0.0 && (divisor < 0.0) != (remainder < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0.0_f64.copysign(dividend / divisor);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `float_pow`; not a number also where that raises, or could, as the result is too small or too large for a
/// usual number.
pub(in crate::backend) extern "C" fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 {
        return 1.0;
    }
    let is_odd = exponent.abs() % 2.0 == 1.0;
    if base == 0.0 {
        return match exponent > 0.0 {
            true if is_odd => base,
            true => 0.0,
            false => f64::NAN,
        };
    }
    if base < 0.0 && exponent.floor() != exponent {
        return f64::NAN;
    }
    let power = base.abs().powf(exponent);
    match power.is_normal() {
        true if base < 0.0 && is_odd => -power,
        true => power,
        false => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // (x, y, x // y, x % y) as CPython 2.7 and 3.5 print them.
    const CASES: &[(f64, f64, f64, f64)] = &[
        (7.0, 2.0, 3.0, 1.0),
        (-7.0, 2.0, -4.0, 1.0),
        (7.0, -2.0, -4.0, -1.0),
        (-7.0, -2.0, 3.0, -1.0),
        (6.0, 2.0, 3.0, 0.0),
        (6.0, -2.0, -3.0, -0.0),
        (-6.0, 2.0, -3.0, 0.0),
        (0.0, 3.0, 0.0, 0.0),
        (-0.0, 3.0, -0.0, 0.0),
        (0.0, -3.0, -0.0, -0.0),
        (1.0, 0.1, 9.0, 0.09999999999999995),
        (-1.0, 0.1, -10.0, 5.551115123125783e-17),
        (1e-20, -1.0, -1.0, -1.0),
        (-1e-20, 1.0, -1.0, 1.0),
        (5.0, f64::INFINITY, 0.0, 5.0),
        (-5.0, f64::INFINITY, -1.0, f64::INFINITY),
        (5.0, f64::NEG_INFINITY, -1.0, f64::NEG_INFINITY),
        (1e300, 1e-300, f64::INFINITY, 4.891554850853602e-301),
        (-1e300, 1e-300, f64::NEG_INFINITY, 5.108445149146398e-301),
    ];

    fn same(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits()
    }

    #[test]
    fn quotients_and_remainders_are_those_of_cpython() {
        for &(x, y, quotient, remainder) in CASES {
            let q = floor_divide(x, y);
            assert!(same(q, quotient), "{x} // {y} = {q}, not {quotient}");
            let r = modulo(x, y);
            assert!(same(r, remainder), "{x} % {y} = {r}, not {remainder}");
        }
    }

    #[test]
    fn powers_are_those_of_cpython() {
        const INF: f64 = f64::INFINITY;
        let powers = [
            (2.0, 0.5, std::f64::consts::SQRT_2),
            (-2.0, 3.0, -8.0),
            (-2.0, 2.0, 4.0),
            (-8.0, -1.0, -0.125),
            (0.0, 3.0, 0.0),
            (-0.0, 3.0, -0.0),
            (-0.0, 2.0, 0.0),
            (0.0, 0.0, 1.0),
            (f64::NAN, 0.0, 1.0),
            (INF, -0.0, 1.0),
            (1.0, INF, 1.0),
            (-1.0, -INF, 1.0),
            (1.0, f64::NAN, 1.0),
            (2.0, -1022.0, f64::MIN_POSITIVE),
        ];
        for (x, y, expected) in powers {
            assert!(same(power(x, y), expected), "{x} ** {y} = {}, not {expected}", power(x, y));
        }
        // These raise, or their results are for C code to make.
        for (x, y) in
            [(-2.0, 0.5), (0.0, -1.0), (1e200, 2.0), (2.0, -1074.0), (0.5, INF), (-INF, 2.0), (2.0, f64::NAN)]
        {
            assert!(power(x, y).is_nan(), "{x} ** {y} = {}", power(x, y));
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        for (x, y) in [(f64::INFINITY, 2.0), (f64::INFINITY, -2.0), (f64::NAN, 2.0), (2.0, f64::NAN)] {
            assert!(modulo(x, y).is_nan(), "{x} % {y}");
            assert!(floor_divide(x, y).is_nan(), "{x} // {y}");
        }
    }
}
