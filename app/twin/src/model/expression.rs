//! Expressions of model files: text to tree.

use alloc::{boxed::Box, format, string::String, string::ToString, vec::Vec};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    /// A name, and where it stands in the text.
    Name(String, usize),
    Unary(Unary, Box<Expression>),
    Binary(Binary, Box<Expression>, Box<Expression>),
    If(Box<Expression>, Box<Expression>, Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unary {
    Negate,
    Not,
    Abs,
    Exp,
    Ln,
    Sqrt,
    Sin,
    Cos,
    Tanh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
    Less,
    LessEqual,
    Equal,
    And,
    Or,
}

/// What is wrong, and at which byte of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub at: usize,
    pub message: String,
}

/// Nesting beyond this is refused, so that no file can exhaust the stack.
const DEEPEST: usize = 64;

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expression, Fault> {
    let mut reader = Reader { tokens: tokens(text)?, next: 0, end: text.len(), depth: 0 };
    let expression = reader.any()?;
    match reader.tokens.get(reader.next) {
        None => Ok(expression),
        Some((at, token)) => Err(Fault { at: *at, message: format!("unexpected {token}") }),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Symbol(&'static str),
}

impl core::fmt::Display for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Token::Number(number) => write!(f, "number `{number}`"),
            Token::Name(name) => write!(f, "`{name}`"),
            Token::Symbol(symbol) => write!(f, "`{symbol}`"),
        }
    }
}

/// Longer symbols first.
const SYMBOLS: &[&str] = &["<=", ">=", "==", "<", ">", "+", "-", "*", "/", "^", "(", ")", ","];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_digit() || first == '.' {
            let length = number_length(rest);
            let number = rest[..length]
                .parse()
                .map_err(|_| Fault { at, message: format!("`{}` is not a number", &rest[..length]) })?;
            (Token::Number(number), length)
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (Token::Name(rest[..length].to_string()), length)
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (Token::Symbol(symbol), symbol.len())
        } else {
            return Err(Fault { at, message: format!("unexpected `{first}`") });
        };
        found.push((at, token));
        at += length;
    }
    Ok(found)
}

fn number_length(text: &str) -> usize {
    let mut before = ' ';
    text.find(|c: char| {
        let belongs = c.is_ascii_digit()
            || c == '.'
            || c == 'e'
            || c == 'E'
            || ((c == '+' || c == '-') && (before == 'e' || before == 'E'));
        before = c;
        !belongs
    })
    .unwrap_or(text.len())
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    depth: usize,
}

impl Reader {
    fn any(&mut self) -> Result<Expression, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault { at: self.at(), message: format!("nested deeper than {DEEPEST}") });
        }
        let expression = self.alternatives();
        self.depth -= 1;
        expression
    }

    fn alternatives(&mut self) -> Result<Expression, Fault> {
        self.chain(&[("or", Binary::Or)], Self::conditions)
    }

    fn conditions(&mut self) -> Result<Expression, Fault> {
        self.chain(&[("and", Binary::And)], Self::comparison)
    }

    fn comparison(&mut self) -> Result<Expression, Fault> {
        let left = self.sum()?;
        for (symbol, operator, swaps) in [
            ("<=", Binary::LessEqual, false),
            (">=", Binary::LessEqual, true),
            ("==", Binary::Equal, false),
            ("<", Binary::Less, false),
            (">", Binary::Less, true),
        ] {
            if self.takes(symbol) {
                let right = self.sum()?;
                return Ok(if swaps { binary(operator, right, left) } else { binary(operator, left, right) });
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, Fault> {
        self.chain(&[("+", Binary::Add), ("-", Binary::Subtract)], Self::product)
    }

    fn product(&mut self) -> Result<Expression, Fault> {
        self.chain(&[("*", Binary::Multiply), ("/", Binary::Divide)], Self::signed)
    }

    fn chain(
        &mut self,
        operators: &[(&'static str, Binary)],
        operand: fn(&mut Self) -> Result<Expression, Fault>,
    ) -> Result<Expression, Fault> {
        let mut left = operand(self)?;
        while let Some((_, operator)) = operators.iter().find(|(symbol, _)| self.takes(symbol)) {
            left = binary(*operator, left, operand(self)?);
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Expression, Fault> {
        if self.takes("-") {
            let operand = self.nested(Self::signed)?;
            return Ok(Expression::Unary(Unary::Negate, Box::new(operand)));
        }
        if self.takes("not") {
            let operand = self.nested(Self::signed)?;
            return Ok(Expression::Unary(Unary::Not, Box::new(operand)));
        }
        let base = self.primary()?;
        if self.takes("^") {
            let exponent = self.nested(Self::signed)?;
            return Ok(binary(Binary::Power, base, exponent));
        }
        Ok(base)
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Expression, Fault>) -> Result<Expression, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault { at: self.at(), message: format!("nested deeper than {DEEPEST}") });
        }
        let expression = read(self);
        self.depth -= 1;
        expression
    }

    fn primary(&mut self) -> Result<Expression, Fault> {
        let at = self.at();
        let token = self.tokens.get(self.next).map(|(_, token)| token.clone());
        self.next += 1;
        match token {
            Some(Token::Number(number)) => Ok(Expression::Number(number)),
            Some(Token::Name(name)) if self.takes("(") => self.call(&name, at),
            Some(Token::Name(name)) => Ok(Expression::Name(name, at)),
            Some(Token::Symbol("(")) => {
                let inner = self.any()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(token) => Err(Fault { at, message: format!("expected a number, a name or `(`, got {token}") }),
            None => Err(Fault { at, message: String::from("the expression ends too early") }),
        }
    }

    fn call(&mut self, name: &str, at: usize) -> Result<Expression, Fault> {
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.any()?);
            if !self.takes(",") {
                break;
            }
        }
        self.expect(")")?;
        build_call(name, arguments).map_err(|message| Fault { at, message })
    }

    fn takes(&mut self, wanted: &str) -> bool {
        let found = match self.tokens.get(self.next) {
            Some((_, Token::Symbol(symbol))) => *symbol == wanted,
            Some((_, Token::Name(name))) => name == wanted,
            _ => false,
        };
        if found {
            self.next += 1;
        }
        found
    }

    fn expect(&mut self, symbol: &'static str) -> Result<(), Fault> {
        if self.takes(symbol) { Ok(()) } else { Err(Fault { at: self.at(), message: format!("expected `{symbol}`") }) }
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }
}

fn binary(operator: Binary, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

fn build_call(name: &str, arguments: Vec<Expression>) -> Result<Expression, String> {
    let unary = match name {
        "abs" => Some(Unary::Abs),
        "exp" => Some(Unary::Exp),
        "ln" => Some(Unary::Ln),
        "sqrt" => Some(Unary::Sqrt),
        "sin" => Some(Unary::Sin),
        "cos" => Some(Unary::Cos),
        "tanh" => Some(Unary::Tanh),
        _ => None,
    };
    let count = arguments.len();
    let mut arguments = arguments.into_iter();
    let mut next = || arguments.next().unwrap_or(Expression::Number(0.0));
    match (name, unary, count) {
        (_, Some(unary), 1) => Ok(Expression::Unary(unary, Box::new(next()))),
        ("pow", _, 2) => Ok(binary(Binary::Power, next(), next())),
        ("min", _, 2) => Ok(binary(Binary::Min, next(), next())),
        ("max", _, 2) => Ok(binary(Binary::Max, next(), next())),
        ("clamp", _, 3) => {
            let value = next();
            let floor = binary(Binary::Max, value, next());
            Ok(binary(Binary::Min, floor, next()))
        }
        ("if", _, 3) => Ok(Expression::If(Box::new(next()), Box::new(next()), Box::new(next()))),
        (_, Some(_), _) | ("pow" | "min" | "max" | "clamp" | "if", ..) => {
            Err(format!("`{name}` does not take {count} arguments"))
        }
        _ => Err(format!(
            "unknown function `{name}`; there are abs, clamp, cos, exp, if, ln, max, min, pow, sin, sqrt, tanh"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match parse(text) {
            Ok(expression) => show(&expression),
            Err(Fault { at, message }) => format!("{at}: {message}"),
        };
        assert_eq!(shown, expected, "{text}");
    }

    fn show(expression: &Expression) -> String {
        match expression {
            Expression::Number(number) => format!("{number}"),
            Expression::Name(name, _) => name.clone(),
            Expression::Unary(operator, a) => format!("{operator:?}({})", show(a)),
            Expression::Binary(operator, a, b) => format!("{operator:?}({},{})", show(a), show(b)),
            Expression::If(c, a, b) => format!("If({},{},{})", show(c), show(a), show(b)),
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
        check("if(a >= b, 1, 0)", "If(LessEqual(b,a),1,0)");
    }

    #[test]
    fn faults_say_where() {
        check("1 +", "3: the expression ends too early");
        check("a $ b", "2: unexpected `$`");
        check("a b", "2: unexpected `b`");
        check("exp(1, 2)", "0: `exp` does not take 2 arguments");
        check("1.2.3", "0: `1.2.3` is not a number");
        check("(1", "2: expected `)`");
        assert!(parse("log(2)").unwrap_err().message.starts_with("unknown function `log`"));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = "(".repeat(10_000) + "1" + &")".repeat(10_000);
        assert!(parse(&deep).unwrap_err().message.contains("nested deeper"));
        let minus = "-".repeat(10_000) + "1";
        assert!(parse(&minus).unwrap_err().message.contains("nested deeper"));
    }
}
