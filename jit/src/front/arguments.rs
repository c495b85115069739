//! Which parameter of a known function each argument of a call is for, as `PyEval_EvalCodeEx` finds out.

/// Where parameters find their arguments among the operands of a call, if there: what is called is the first.
pub(super) type Places = Vec<Option<usize>>;

/// A call on the operand stack: what is called, the arguments, then pairs of name and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    /// How many are given by position.
    pub positional: usize,
    /// The addresses of the names of the others.
    pub names: Vec<usize>,
}

impl Arguments {
    /// As many by position, and no others.
    pub fn positional(positional: usize) -> Arguments {
        Arguments { positional, names: Vec::new() }
    }

    /// Operands of the call, what is called among them.
    pub fn operands(&self) -> usize {
        1 + self.positional + 2 * self.names.len()
    }

    /// Where each parameter finds its argument among the operands, for parameters of these names, the first
    /// so many of which are bound otherwise and have the operand 0. Those that are left have none. Nothing
    /// where it is not as simple as that.
    pub fn arrange(&self, parameters: &[usize], bound: usize) -> Option<Places> {
        let first = bound + self.positional;
        if first > parameters.len() {
            return None;
        }
        let mut places = vec![None; parameters.len()];
        places[..bound].fill(Some(0));
        for (index, place) in places[bound..first].iter_mut().enumerate() {
            *place = Some(1 + index);
        }
        for (index, name) in self.names.iter().enumerate() {
            let parameter = parameters.iter().position(|parameter| parameter == name)?;
            if places[parameter].is_some() {
                return None;
            }
            places[parameter] = Some(2 + self.positional + 2 * index);
        }
        Some(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_has_its_argument() {
        let call = |positional, names: &[usize]| Arguments { positional, names: names.to_vec() };
        let parameters = [10, 20, 30];
        assert_eq!(call(2, &[]).arrange(&parameters, 0), Some(vec![Some(1), Some(2), None]));
        assert_eq!(call(2, &[]).arrange(&parameters, 1), Some(vec![Some(0), Some(1), Some(2)]));
        assert_eq!(call(1, &[30]).arrange(&parameters, 0), Some(vec![Some(1), None, Some(3)]));
        assert_eq!(call(0, &[20, 10]).arrange(&parameters, 0), Some(vec![Some(4), Some(2), None]));
        assert_eq!(call(0, &[]).arrange(&parameters, 0), Some(vec![None; 3]));
        assert_eq!(call(3, &[]).arrange(&parameters, 1), None, "too many");
        assert_eq!(call(1, &[10]).arrange(&parameters, 0), None, "twice");
        assert_eq!(call(1, &[20, 20]).arrange(&parameters, 0), None, "twice by name");
        assert_eq!(call(1, &[40]).arrange(&parameters, 0), None, "no parameter");
        assert_eq!(call(1, &[20]).operands(), 4);
    }
}
