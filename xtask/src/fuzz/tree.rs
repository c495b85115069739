//! A Python program as a tree of statements, read from its indentation.

/// A statement: one line, or a header with a suite and perhaps more clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `if`, `elif`, `else`; the decorators come before as clauses without a suite.
    pub clauses: Vec<Clause>,
}

/// A header and its suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The line, without its indentation.
    pub line: String,
    /// What is indented below it.
    pub suite: Vec<Statement>,
}

/// Reads the statements of a program whose every statement is on lines of its own.
pub fn parse(text: &str) -> Vec<Statement> {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#'))
        .map(|l| (l.len() - l.trim_start().len(), l.trim()))
        .collect();
    let mut at = 0;
    suite(&lines, &mut at, 0)
}

fn suite(lines: &[(usize, &str)], at: &mut usize, indent: usize) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    let mut decorated = false;
    while let Some((depth, line)) = lines.get(*at).copied() {
        if depth < indent {
            break;
        }
        *at += 1;
        let deeper = match lines.get(*at) {
            Some((next, _)) if *next > depth => suite(lines, at, *next),
            _ => Vec::new(),
        };
        let clause = Clause { line: line.to_string(), suite: deeper };
        match statements.last_mut() {
            Some(last) if decorated || continues(line) => last.clauses.push(clause),
            _ => statements.push(Statement { clauses: vec![clause] }),
        }
        decorated = line.starts_with('@');
    }
    statements
}

fn continues(line: &str) -> bool {
    ["elif ", "else:", "except:", "except ", "finally:"].iter().any(|word| line.starts_with(word))
}

/// The text of the statements.
pub fn print(statements: &[Statement]) -> String {
    let mut text = String::new();
    write(statements, 0, &mut text);
    text
}

fn write(statements: &[Statement], depth: usize, text: &mut String) {
    for clause in statements.iter().flat_map(|s| &s.clauses) {
        text.push_str(&"    ".repeat(depth));
        text.push_str(&clause.line);
        text.push('\n');
        if clause.suite.is_empty() && clause.line.ends_with(':') {
            text.push_str(&"    ".repeat(depth + 1));
            text.push_str("pass\n");
        }
        write(&clause.suite, depth + 1, text);
    }
}

/// The lists of statements in the tree: the whole, then each suite, outer ones first.
pub fn paths(statements: &[Statement]) -> Vec<Vec<(usize, usize)>> {
    let mut found = vec![Vec::new()];
    for (i, statement) in statements.iter().enumerate() {
        for (j, clause) in statement.clauses.iter().enumerate() {
            if !clause.suite.is_empty() {
                found.extend(paths(&clause.suite).into_iter().map(|mut p| {
                    p.insert(0, (i, j));
                    p
                }));
            }
        }
    }
    found
}

/// The list of statements at a path, if the path is still there.
pub fn at<'a>(statements: &'a mut Vec<Statement>, path: &[(usize, usize)]) -> Option<&'a mut Vec<Statement>> {
    let mut current = statements;
    for (i, j) in path {
        current = &mut current.get_mut(*i)?.clauses.get_mut(*j)?.suite;
    }
    Some(current)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "a = 1\n@x\ndef f():\n    try:\n        b\n    except E:\n        c\n    finally:\n        pass\nd\n";

    #[test]
    fn text_goes_in_and_out() {
        let tree = parse(TEXT);
        assert_eq!(tree.len(), 3);
        assert_eq!(tree[1].clauses.len(), 2);
        assert_eq!(print(&tree), TEXT);
        assert_eq!(paths(&tree).len(), 5);
    }

    #[test]
    fn an_empty_suite_passes() {
        let mut tree = parse("if a:\n    b\nelse:\n    c\n");
        let inner = at(&mut tree, &[(0, 1)]).expect("the else");
        inner.clear();
        assert_eq!(print(&tree), "if a:\n    b\nelse:\n    pass\n");
        assert!(at(&mut tree, &[(4, 0)]).is_none());
    }
}
