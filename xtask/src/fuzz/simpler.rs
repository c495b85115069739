//! Simpler versions of one line of Python.

/// Lines that say less than `line`, the boldest first.
pub fn simpler(line: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let bytes = line.as_bytes();
    for (open, close) in brackets(line) {
        let (before, inner, after) = (&line[..open], &line[open + 1..close], &line[close + 1..]);
        let callee = before.len()
            - before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '.').len();
        let is_call = callee > 0 && !ends_with_keyword(before);
        if bytes[open] == b'(' && is_call {
            let head = &before[..before.len() - callee];
            found.push(format!("{head}0{after}"));
            for part in split(inner, &[", "]) {
                found.push(format!("{head}{part}{after}"));
            }
        } else if bytes[open] == b'(' || bytes[open] == b'{' || (bytes[open] == b'[' && callee == 0) {
            for constant in ["0", "1", "None"] {
                if inner != constant {
                    found.push(format!("{before}{constant}{after}"));
                }
            }
            for part in split(inner, OPERATORS) {
                found.push(format!("{before}{part}{after}"));
            }
        } else {
            found.push(format!("{}{after}", before));
        }
        let items = split(inner, &[", "]);
        if items.len() > 1 {
            for skip in 0..items.len() {
                let rest: Vec<&str> =
                    items.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, s)| *s).collect();
                let comma = if rest.len() == 1 && bytes[open] == b'(' && !is_call { "," } else { "" };
                found.push(format!("{}{}{comma}{}", &line[..=open], rest.join(", "), &line[close..]));
            }
        }
    }
    // The right side of an assignment, the condition of a header, the value of a return.
    for (start, end) in values(line) {
        let (before, value, after) = (&line[..start], &line[start..end], &line[end..]);
        for constant in ["0", "1"] {
            if value != constant {
                found.push(format!("{before}{constant}{after}"));
            }
        }
        for part in split(value, OPERATORS) {
            if part != value {
                found.push(format!("{before}{part}{after}"));
            }
        }
    }
    if let Some(shorter) = line.strip_prefix("elif ") {
        found.push(format!("if {shorter}"));
    }
    found.extend(smaller_numbers(line));
    found.retain(|l| l != line && !l.trim().is_empty());
    found.dedup();
    found
}

const OPERATORS: &[&str] = &[
    " if ", " else ", " or ", " and ", " == ", " != ", " <= ", " >= ", " < ", " > ", " not in ", " in ",
    " is not ", " is ", " << ", " >> ", " + ", " - ", " ** ", " * ", " // ", " / ", " % ", " & ", " | ",
    " ^ ", ", ", " for ",
];

fn ends_with_keyword(before: &str) -> bool {
    let word = before.trim_end_matches(char::is_alphanumeric).len();
    ["if", "in", "and", "or", "not", "return", "else", "lambda", "yield", "from", "is"]
        .contains(&&before[word..])
}

/// Pairs of brackets, inner ones last; those in strings do not count.
fn brackets(line: &str) -> Vec<(usize, usize)> {
    let (mut pairs, mut open, mut quote) = (Vec::new(), Vec::new(), None);
    for (i, c) in line.bytes().enumerate() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') => quote = Some(c),
            (None, b'(' | b'[' | b'{') => open.push(i),
            (None, b')' | b']' | b'}') => {
                if let Some(start) = open.pop() {
                    pairs.push((start, i));
                }
            }
            (None, _) => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Splits at the separators that are outside of brackets and strings.
fn split<'a>(text: &'a str, separators: &[&str]) -> Vec<&'a str> {
    let inside = brackets(text);
    let (mut parts, mut start, mut i, mut quoted) = (Vec::new(), 0, 0, false);
    while i < text.len() {
        let byte = text.as_bytes()[i];
        if byte == b'\'' || byte == b'"' {
            quoted = !quoted;
        }
        if let Some((_, end)) = inside.iter().find(|(open, _)| *open == i) {
            i = end + 1;
            continue;
        }
        match separators.iter().find(|s| !quoted && text.is_char_boundary(i) && text[i..].starts_with(**s)) {
            Some(separator) => {
                parts.push(text[start..i].trim());
                i += separator.len();
                start = i;
            }
            None => i += 1,
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|p| !p.is_empty());
    parts
}

/// Where a line has a value that something else could take the place of.
fn values(line: &str) -> Vec<(usize, usize)> {
    let end = line.len() - usize::from(line.ends_with(':'));
    let mut found = Vec::new();
    for word in ["if ", "elif ", "while ", "return ", "yield ", "raise "] {
        if line.starts_with(word) {
            found.push((word.len(), end));
        }
    }
    if line.starts_with("for ")
        && let Some(at) = line.find(" in ")
    {
        found.push((at + 4, end));
    }
    for sign in [" = ", " += ", " -= ", " *= ", " //= ", " %= ", " ^= ", " &= ", " |= ", " /= ", " >>= "] {
        if let Some(at) = line.find(sign) {
            found.push((at + sign.len(), line.len()));
            break;
        }
    }
    found.retain(|(start, end)| start < end);
    found
}

fn smaller_numbers(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let bytes = line.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let start = i;
        while i < bytes.len() && bytes[i].is_ascii_digit() {
            i += 1;
        }
        let apart = start == 0
            || !(bytes[start - 1].is_ascii_alphanumeric()
                || bytes[start - 1] == b'.'
                || bytes[start - 1] == b'_');
        if i > start
            && apart
            && let Ok(n) = line[start..i].parse::<u64>()
        {
            for smaller in [n / 10, n / 2, n.saturating_sub(1)] {
                if smaller > 1 && smaller < n {
                    found.push(format!("{}{smaller}{}", &line[..start], &line[i..]));
                }
            }
        }
        i = i.max(start + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_take_the_place_of_the_whole() {
        let found = simpler("a = (f(b, 2) + c) * 100");
        for expected in [
            "a = 0",
            "a = c * 100",
            "a = f(b, 2) * 100",
            "a = (f(b) + c) * 100",
            "a = (b + c) * 100",
            "a = 100",
        ] {
            assert!(found.iter().any(|l| l == expected), "{expected} is not in {found:#?}");
        }
        assert!(simpler("for i in range(200):").iter().any(|l| l == "for i in range(20):"));
        assert!(simpler("if x % 2 == ')':").iter().any(|l| l == "if x:"));
    }
}
