//! Which layers of a chart are shown: each can be hidden, or shown alone.

/// What is shown or hidden as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    Measured,
    Twin,
    Forecast,
    Scenario,
    /// A kept scenario, by its number.
    Kept(usize),
    Limits,
    Flags,
}

/// The layers as an address names them.
const NAMES: [(&str, Layer); 9] = [
    ("measured", Layer::Measured),
    ("twin", Layer::Twin),
    ("forecast", Layer::Forecast),
    ("simulation", Layer::Scenario),
    ("a", Layer::Kept(0)),
    ("b", Layer::Kept(1)),
    ("c", Layer::Kept(2)),
    ("limits", Layer::Limits),
    ("events", Layer::Flags),
];
const ALL: u16 = (1 << NAMES.len()) - 1;
/// Between two names: a sign that an address need not hide.
const NEXT: &str = "*";

/// All layers but those that were hidden: a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layers {
    hidden: u16,
}

impl Layers {
    pub fn shows(self, layer: Layer) -> bool {
        self.hidden & bit(layer) == 0
    }

    pub fn are_all(self) -> bool {
        self.hidden == 0
    }

    /// Hides the layer, or shows it again.
    pub fn turned(self, layer: Layer) -> Layers {
        Layers { hidden: self.hidden ^ bit(layer) }
    }

    /// The layer alone; all of them where it was alone already.
    pub fn alone(self, layer: Layer) -> Layers {
        let others = ALL & !bit(layer);
        Layers { hidden: if self.hidden == others { 0 } else { others } }
    }

    /// All but those that an address names.
    pub fn read(text: &str) -> Layers {
        let named = |name: &str| NAMES.iter().find(|(known, _)| *known == name).map_or(0, |(_, layer)| bit(*layer));
        Layers { hidden: text.split(NEXT).map(named).fold(0, |hidden, bit| hidden | bit) }
    }

    /// The hidden ones as an address has them; `None` for none.
    pub fn write(self) -> Option<String> {
        let hidden = NAMES.iter().filter(|(_, layer)| !self.shows(*layer)).map(|(name, _)| *name);
        (!self.are_all()).then(|| hidden.collect::<Vec<&str>>().join(NEXT))
    }
}

fn bit(layer: Layer) -> u16 {
    NAMES.iter().position(|(_, known)| *known == layer).map_or(0, |place| 1 << place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_hidden_and_comes_back() {
        let without = Layers::default().turned(Layer::Twin);
        assert!(!without.shows(Layer::Twin) && without.shows(Layer::Forecast) && !without.are_all());
        assert_eq!(without.turned(Layer::Twin), Layers::default());
    }

    #[test]
    fn one_is_alone_and_then_all_are_back() {
        let alone = Layers::default().turned(Layer::Twin).alone(Layer::Kept(1));
        let shown = NAMES.iter().filter(|(_, layer)| alone.shows(*layer)).map(|(name, _)| *name);
        assert_eq!(shown.collect::<Vec<&str>>(), ["b"]);
        assert_eq!(alone.alone(Layer::Kept(1)), Layers::default());
    }

    #[test]
    fn an_address_carries_what_is_hidden() {
        let hidden = Layers::default().turned(Layer::Limits).turned(Layer::Measured);
        assert_eq!(hidden.write().as_deref(), Some("measured*limits"));
        assert_eq!(Layers::read("limits*measured*nonsense*"), hidden);
        assert_eq!((Layers::default().write(), Layers::read("")), (None, Layers::default()));
        let alone = hidden.alone(Layer::Flags);
        assert_eq!(Layers::read(&alone.write().unwrap()), alone);
    }
}
