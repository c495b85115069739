//! The functions, methods and types in C that compiled code knows well enough to do without calling them.

macro_rules! builtins {
    ($($(#[doc = $doc:literal])+ $name:ident $owner:ident $text:literal;)*) => {
        /// Something in C that can be called.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Builtin {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Builtin {
            /// All of them, in order.
            pub const ALL: &'static [Builtin] = &[$(Builtin::$name),*];

            /// Whose it is.
            pub fn owner(self) -> Owner {
                match self {
                    $(Builtin::$name => Owner::$owner,)*
                }
            }

            /// The name that its owner has for it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Builtin::$name => $text,)*
                }
            }
        }
    };
}

/// Where something in C is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A function among the builtins.
    Builtins,
    /// A type among the builtins.
    Types,
    /// A function of the module `math`.
    Math,
    /// A method of `list`.
    List,
    /// A method of `dict`.
    Dict,
    /// A method of `str`.
    Str,
}

builtins! {
    /// `len(container)`
    Len Builtins "len";
    /// `ord(character)`
    Ord Builtins "ord";
    /// `chr(code)`
    Chr Builtins "chr";
    /// `abs(number)`
    Abs Builtins "abs";
    /// `min(a, b)`
    Min Builtins "min";
    /// `max(a, b)`
    Max Builtins "max";
    /// `isinstance(object, class)`
    IsInstance Builtins "isinstance";
    /// `getattr(object, name)`, `getattr(object, name, default)`
    GetAttr Builtins "getattr";
    /// `hasattr(object, name)`
    HasAttr Builtins "hasattr";
    /// 2.7: `range(stop)`, `range(start, stop)`, `range(start, stop, step)`
    Range Builtins "range";
    /// 2.7: the same with `xrange`; 3.x's `range`
    XRange Types "xrange";
    /// `float(number)`
    Float Types "float";
    /// `int(number)`
    Int Types "int";
    /// `bool(object)`
    Bool Types "bool";
    /// `str(object)`
    Str Types "str";
    /// `type(object)`
    Type Types "type";
    /// `math.sqrt(number)`
    Sqrt Math "sqrt";
    /// `math.fabs(number)`
    Fabs Math "fabs";
    /// `math.sin(number)`
    Sin Math "sin";
    /// `math.cos(number)`
    Cos Math "cos";
    /// `math.tan(number)`
    Tan Math "tan";
    /// `math.asin(number)`
    Asin Math "asin";
    /// `math.acos(number)`
    Acos Math "acos";
    /// `math.atan(number)`
    Atan Math "atan";
    /// `math.exp(number)`
    Exp Math "exp";
    /// `list.append(item)`
    ListAppend List "append";
    /// `list.pop()`, `list.pop(index)`
    ListPop List "pop";
    /// `list.insert(index, item)`
    ListInsert List "insert";
    /// `dict.get(key)`, `dict.get(key, default)`
    DictGet Dict "get";
    /// `str.startswith(prefix)`
    StartsWith Str "startswith";
    /// `str.endswith(suffix)`
    EndsWith Str "endswith";
}

impl Builtin {
    /// Whether it is called with a receiver.
    pub fn is_method(self) -> bool {
        match self.owner() {
            Owner::Builtins | Owner::Types | Owner::Math => false,
            Owner::List | Owner::Dict | Owner::Str => true,
        }
    }
}
