//! Expressions of model files: text to tree.

use alloc::{boxed::Box, format, string::String, vec::Vec};

use super::{
    expression::{Binary, Unary},
    token::{Placed, Token, tokens},
};

/// An expression as it is written, and the bytes of its text that it takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    pub node: Node,
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// A number, and its unit where one is written.
    Number(f64, Option<String>),
    Name(String),
    Unary(Unary, Box<Tree>),
    Binary(Binary, Box<Tree>, Box<Tree>),
    Call(String, Vec<Tree>),
}

/// What is wrong, and at which byte of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub at: usize,
    pub message: String,
}

/// Nesting beyond this is refused, so that no file can exhaust the stack.
const DEEPEST: usize = 64;
/// So is an expression of more operators than these: a long sum is a deep tree.
const LONGEST: usize = 200;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Tree, Fault> {
    let mut reader = Reader { tokens: tokens(text)?, next: 0, end: text.len(), depth: 0, operators: 0 };
    let tree = reader.any()?;
    match reader.tokens.get(reader.next) {
        None => Ok(tree),
        Some(Placed { token, from, .. }) => Err(Fault { at: *from, message: format!("unexpected {token}") }),
    }
}

impl Tree {
    /// Every name in it, and where it stands in its text.
    pub(super) fn names(&self) -> Vec<(&str, usize)> {
        let (mut found, mut open) = (Vec::new(), Vec::from([self]));
        while let Some(tree) = open.pop() {
            match &tree.node {
                Node::Number(..) => {}
                Node::Name(name) => found.push((name.as_str(), tree.from)),
                Node::Unary(_, a) => open.push(a),
                Node::Binary(_, a, b) => open.extend([&**b, &**a]),
                Node::Call(_, arguments) => open.extend(arguments.iter().rev()),
            }
        }
        found
    }
}

struct Reader {
    tokens: Vec<Placed>,
    next: usize,
    end: usize,
    depth: usize,
    operators: usize,
}

type Read = Result<Tree, Fault>;

impl Reader {
    fn any(&mut self) -> Read {
        self.nested(|reader| reader.chain(&[("or", Binary::Or)], Self::conditions))
    }

    fn conditions(&mut self) -> Read {
        self.chain(&[("and", Binary::And)], Self::comparison)
    }

    fn comparison(&mut self) -> Read {
        let left = self.sum()?;
        for (symbol, operator, swaps) in [
            ("<=", Binary::LessEqual, false),
            (">=", Binary::LessEqual, true),
            ("==", Binary::Equal, false),
            ("!=", Binary::Equal, false),
            ("<", Binary::Less, false),
            (">", Binary::Less, true),
        ] {
            if self.takes(symbol) {
                let right = self.sum()?;
                let (from, to) = (left.from, right.to);
                let (a, b) = if swaps { (right, left) } else { (left, right) };
                let compared = Tree { node: Node::Binary(operator, Box::new(a), Box::new(b)), from, to };
                return Ok(if symbol == "!=" { unary(Unary::Not, compared, from) } else { compared });
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Read {
        self.chain(&[("+", Binary::Add), ("-", Binary::Subtract)], Self::product)
    }

    fn product(&mut self) -> Read {
        self.chain(&[("*", Binary::Multiply), ("/", Binary::Divide)], Self::signed)
    }

    fn chain(&mut self, operators: &[(&'static str, Binary)], operand: fn(&mut Self) -> Read) -> Read {
        let mut left = operand(self)?;
        while let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.takes(symbol)) {
            self.count()?;
            left = binary(*operator, left, operand(self)?);
        }
        Ok(left)
    }

    fn count(&mut self) -> Result<(), Fault> {
        self.operators += 1;
        if self.operators <= LONGEST {
            return Ok(());
        }
        let message = format!("more than {LONGEST} operators: name a part of it in `[let]`");
        Err(Fault { at: self.at(), message })
    }

    fn signed(&mut self) -> Read {
        let from = self.at();
        for (symbol, operator) in [("-", Unary::Negate), ("not", Unary::Not)] {
            if self.takes(symbol) {
                let operand = self.nested(Self::signed)?;
                return Ok(unary(operator, operand, from));
            }
        }
        let base = self.primary()?;
        if self.takes("^") {
            let exponent = self.nested(Self::signed)?;
            return Ok(binary(Binary::Power, base, exponent));
        }
        Ok(base)
    }

    fn nested(&mut self, read: impl Fn(&mut Self) -> Read) -> Read {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault { at: self.at(), message: format!("nested deeper than {DEEPEST}") });
        }
        let tree = read(self);
        self.depth -= 1;
        tree
    }

    fn primary(&mut self) -> Read {
        let Some(Placed { token, from, to }) = self.tokens.get(self.next).cloned() else {
            return Err(Fault { at: self.end, message: String::from("the expression ends too early") });
        };
        self.next += 1;
        match token {
            Token::Number(number, unit) => Ok(Tree { node: Node::Number(number, unit), from, to }),
            Token::Name(name) if self.takes("(") => self.call(name, from),
            Token::Name(name) => Ok(Tree { node: Node::Name(name), from, to }),
            Token::Symbol("(") => {
                let inner = self.any()?;
                let to = self.expect(")")?;
                Ok(Tree { from, to, ..inner })
            }
            token => Err(Fault { at: from, message: format!("expected a number, a name or `(`, got {token}") }),
        }
    }

    fn call(&mut self, name: String, from: usize) -> Read {
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.any()?);
            self.count()?;
            if !self.takes(",") {
                break;
            }
        }
        let to = self.expect(")")?;
        Ok(Tree { node: Node::Call(name, arguments), from, to })
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let found = match self.tokens.get(self.next).map(|placed| &placed.token) {
            Some(Token::Symbol(symbol)) => *symbol == wanted,
            Some(Token::Name(name)) => name == wanted,
            _ => false,
        };
        if found {
            self.next += 1;
        }
        found
    }

    /// Takes `symbol`, and says where it ends.
    fn expect(&mut self, symbol: &'static str) -> Result<usize, Fault> {
        let at = self.at();
        if self.takes(symbol) {
            Ok(at + symbol.len())
        } else {
            Err(Fault { at, message: format!("expected `{symbol}`") })
        }
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |placed| placed.from)
    }
}

fn unary(operator: Unary, operand: Tree, from: usize) -> Tree {
    let to = operand.to;
    Tree { node: Node::Unary(operator, Box::new(operand)), from, to }
}

fn binary(operator: Binary, left: Tree, right: Tree) -> Tree {
    let (from, to) = (left.from, right.to);
    Tree { node: Node::Binary(operator, Box::new(left), Box::new(right)), from, to }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match parse(text) {
            Ok(tree) => show(&tree),
            Err(Fault { at, message }) => format!("{at}: {message}"),
        };
        assert_eq!(shown, expected, "{text}");
    }

    fn show(tree: &Tree) -> String {
        match &tree.node {
            Node::Number(number, None) => format!("{number}"),
            Node::Number(number, Some(unit)) => format!("{number}[{unit}]"),
            Node::Name(name) => name.clone(),
            Node::Unary(operator, a) => format!("{operator:?}({})", show(a)),
            Node::Binary(operator, a, b) => format!("{operator:?}({},{})", show(a), show(b)),
            Node::Call(name, arguments) => {
                format!("{name}({})", arguments.iter().map(show).collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn operators_bind_as_in_mathematics() {
        check("1 + 2 * x", "Add(1,Multiply(2,x))");
        check("a - b - c", "Subtract(Subtract(a,b),c)");
        check("-x^2", "Negate(Power(x,2))");
        check("2^-3", "Power(2,Negate(3))");
        check("2^3^2", "Power(2,Power(3,2))");
        check("1.5e-3 * (a + b)", "Multiply(0.0015,Add(a,b))");
    }

    #[test]
    fn conditions_bind_looser_than_sums() {
        check("v < v_end and t > 1 or not x", "Or(And(Less(v,v_end),Less(1,t)),Not(x))");
        check("if(a >= b, 1, 0)", "if(LessEqual(b,a),1,0)");
        check("a != b + 1", "Not(Equal(a,Add(b,1)))");
    }

    #[test]
    fn numbers_carry_units_and_names_carry_parts() {
        check("5[min] + 2.5 [ degC ]", "Add(5[min],2.5[degC])");
        check("pump.head * motor.shaft.speed", "Multiply(pump.head,motor.shaft.speed)");
        check("5[min", "1: expected `]` after a unit");
        check("pump.", "4: `.` is not a number");
    }

    #[test]
    fn a_tree_knows_its_text() {
        let text = "a * (b + c) - exp(d)";
        let Node::Binary(_, left, right) = parse(text).unwrap().node else { panic!() };
        assert_eq!([&text[left.from..left.to], &text[right.from..right.to]], ["a * (b + c)", "exp(d)"]);
    }

    #[test]
    fn faults_say_where() {
        check("1 +", "3: the expression ends too early");
        check("a $ b", "2: unexpected `$`");
        check("a b", "2: unexpected `b`");
        check("1.2.3", "0: `1.2.3` is not a number");
        check("(1", "2: expected `)`");
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = "(".repeat(10_000) + "1" + &")".repeat(10_000);
        assert!(parse(&deep).unwrap_err().message.contains("nested deeper"));
        assert!(parse(&("-".repeat(10_000) + "1")).unwrap_err().message.contains("nested deeper"));
        assert!(parse(&("1 + ".repeat(10_000) + "1")).unwrap_err().message.contains("more than 200 operators"));
    }
}
