//! The colours of a plot, which are those of `style/tokens.css` and nothing else.

use plotters::style::RGBAColor;

/// A colour by meaning, read from the custom property of that name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    pub surface: RGBAColor,
    pub grid: RGBAColor,
    pub now: RGBAColor,
    pub limit: RGBAColor,
    pub measured: RGBAColor,
    pub twin: RGBAColor,
    pub forecast: RGBAColor,
    pub scenario: RGBAColor,
    pub kept: RGBAColor,
}

/// The custom properties of a palette, in its order.
pub const PROPERTIES: [&str; 9] = [
    "--plot-surface",
    "--plot-grid",
    "--plot-now",
    "--plot-limit",
    "--plot-measured",
    "--plot-twin",
    "--plot-forecast",
    "--plot-scenario",
    "--plot-kept",
];

impl Palette {
    /// The light theme, read from the stylesheet when this was compiled.
    pub const LIGHT: Palette = Palette::of_css(include_str!("../../../style/tokens.css"));

    /// A palette of colours in the order of `PROPERTIES`.
    pub fn of(colours: [RGBAColor; 9]) -> Palette {
        let [surface, grid, now, limit, measured, twin, forecast, scenario, kept] = colours;
        Palette { surface, grid, now, limit, measured, twin, forecast, scenario, kept }
    }

    pub fn colours(&self) -> [RGBAColor; 9] {
        let Palette { surface, grid, now, limit, measured, twin, forecast, scenario, kept } = *self;
        [surface, grid, now, limit, measured, twin, forecast, scenario, kept]
    }

    /// The custom property of a colour of the light theme.
    pub fn named(rgb: (u8, u8, u8)) -> Option<&'static str> {
        let number = Palette::LIGHT.colours().iter().position(|own| (own.0, own.1, own.2) == rgb)?;
        Some(PROPERTIES[number])
    }

    const fn of_css(css: &str) -> Palette {
        Palette {
            surface: declared(css, PROPERTIES[0]),
            grid: declared(css, PROPERTIES[1]),
            now: declared(css, PROPERTIES[2]),
            limit: declared(css, PROPERTIES[3]),
            measured: declared(css, PROPERTIES[4]),
            twin: declared(css, PROPERTIES[5]),
            forecast: declared(css, PROPERTIES[6]),
            scenario: declared(css, PROPERTIES[7]),
            kept: declared(css, PROPERTIES[8]),
        }
    }
}

/// A colour as a browser writes it: `#` and six digits.
pub const fn parse(text: &[u8]) -> Option<RGBAColor> {
    if text.len() < 7 || text[0] != b'#' {
        return None;
    }
    let (Some(red), Some(green), Some(blue)) = (byte(text, 1), byte(text, 3), byte(text, 5)) else { return None };
    Some(RGBAColor(red, green, blue, 1.0))
}

const fn byte(text: &[u8], at: usize) -> Option<u8> {
    match (digit(text[at]), digit(text[at + 1])) {
        (Some(high), Some(low)) => Some(high * 16 + low),
        _ => None,
    }
}

const fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        b'A'..=b'F' => Some(c - b'A' + 10),
        _ => None,
    }
}

/// The first colour that `property` is given in `css`, through any number of `var(--...)`.
pub(super) const fn declared(css: &str, property: &str) -> RGBAColor {
    let css = css.as_bytes();
    let mut start = 0;
    let mut end = property.len();
    let mut name = property.as_bytes();
    loop {
        let Some(mut at) = find(css, name, start, end) else {
            panic!("a colour of the plots is missing in tokens.css")
        };
        while css[at] == b' ' {
            at += 1;
        }
        if css[at] == b'#' {
            let (_, value) = css.split_at(at);
            let Some(colour) = parse(value) else { panic!("a colour of the plots is not `#` and six digits") };
            return colour;
        }
        // `var(--name)`: the name opens after four bytes.
        start = at + 4;
        end = start;
        while css[end] != b')' {
            end += 1;
        }
        name = css;
    }
}

/// Where the value of the declaration of `name[start..end]` begins.
const fn find(css: &[u8], name: &[u8], start: usize, end: usize) -> Option<usize> {
    let length = end - start;
    let mut at = 0;
    while at + length < css.len() {
        let mut same = 0;
        while same < length && css[at + same] == name[start + same] {
            same += 1;
        }
        if same == length && css[at + length] == b':' {
            return Some(at + length + 1);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_s_colour_is_read_to_the_bit() {
        assert_eq!(parse(b"#0a1Bff"), Some(RGBAColor(10, 27, 255, 1.0)));
        assert_eq!(parse(b"#0a1"), None);
        assert_eq!(parse(b"CanvasText"), None);
    }

    #[test]
    fn meanings_are_followed_to_a_colour() {
        let css = ":root { --blue-6: #010203; --blue-60: #040506; --line: var(--tone); --tone: var(--blue-60); }";
        assert_eq!(declared(css, "--line"), RGBAColor(4, 5, 6, 1.0));
        assert_eq!(declared(css, "--blue-6"), RGBAColor(1, 2, 3, 1.0));
    }

    #[test]
    fn each_series_of_the_light_theme_has_a_colour_of_its_own() {
        let colours = Palette::LIGHT.colours();
        for (i, colour) in colours.iter().enumerate() {
            assert!(!colours[..i].contains(colour), "{} is used twice", PROPERTIES[i]);
        }
    }
}
