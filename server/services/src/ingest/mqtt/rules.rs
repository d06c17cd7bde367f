//! What the standards ask of a client beyond what the protocol's core looks at.

/// Whether a packet may begin with this byte: its type, and the flags that belong to it.
pub fn is_header(byte: u8) -> bool {
    const DUPLICATE: u8 = 0b1000;
    let flags = byte & 0x0f;
    match byte >> 4 {
        0 => false,
        // PUBLISH: no QoS of 3, and what is sent once at most is no duplicate.
        3 => (flags >> 1) & 0b11 != 3 && (flags & 0b0110 != 0 || flags & DUPLICATE == 0),
        // PUBREL, SUBSCRIBE, UNSUBSCRIBE.
        6 | 8 | 10 => flags == 0b0010,
        _ => flags == 0,
    }
}

/// Whether `text` is fit for a name: control characters are in nobody's name, and break logs and screens.
pub fn is_text(text: &str) -> bool {
    !text.contains(char::is_control)
}

/// Whether something can be published on `topic`.
pub fn is_topic(topic: &str) -> bool {
    !topic.is_empty() && !topic.contains(['+', '#']) && is_text(topic)
}

/// Whether `filter` is one that topics can be matched with.
pub fn is_filter(filter: &str) -> bool {
    let levels = filter.split('/').count();
    let is_level = |(number, level): (usize, &str)| match level {
        "+" => true,
        "#" => number + 1 == levels,
        level => !level.contains(['+', '#']),
    };
    !filter.is_empty() && is_text(filter) && filter.split('/').enumerate().all(is_level)
}

/// Whether the flags of a CONNECT go together: one is reserved, and those of a will need a will.
pub fn are_connect_flags(flags: u8) -> bool {
    const WILL: u8 = 0b100;
    let (quality, retained) = ((flags >> 3) & 0b11, flags & 0b10_0000);
    flags & 1 == 0 && quality != 3 && (flags & WILL != 0 || (quality == 0 && retained == 0))
}

/// Makes a CONNECT of version 5 one that the core survives: a Topic Alias Maximum of 0, which is allowed, panics in it.
/// Nothing is published to clients, so that any other number means the same.
pub fn spare_the_core(connect: &mut [u8]) {
    const ALIAS_MAXIMUM: u8 = 0x22;
    let mut at = match connect.get(1..).and_then(|rest| rest.iter().position(|byte| byte & 0x80 == 0)) {
        // Header, name, version, flags, keep-alive.
        Some(length) => length + 2 + 10,
        None => return,
    };
    if connect.get(at - 4) != Some(&5) {
        return;
    }
    let Some((length, bytes)) = variable(connect.get(at..).unwrap_or_default()) else { return };
    at += bytes;
    let end = (at + length).min(connect.len());
    let Some(properties) = connect.get_mut(at..end) else { return };
    let two = |bytes: &[u8], at: usize| Some(usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let mut at = 0;
    while at < properties.len() {
        let size = match properties[at] {
            0x17 | 0x19 => Some(1),
            ALIAS_MAXIMUM | 0x21 => Some(2),
            0x11 | 0x27 => Some(4),
            0x15 | 0x16 => two(properties, at + 1).map(|length| 2 + length),
            0x26 => two(properties, at + 1).and_then(|key| Some(4 + key + two(properties, at + 3 + key)?)),
            _ => None,
        };
        if properties[at] == ALIAS_MAXIMUM && two(properties, at + 1) == Some(0) {
            properties[at + 2] = 1;
        }
        let Some(size) = size else { return };
        at += 1 + size;
    }
}

/// A number of variable length and how many bytes it takes.
fn variable(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        number |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_belong_to_their_type() {
        for byte in [0x10, 0x30, 0x31, 0x32, 0x35, 0x3a, 0x3d, 0x62, 0x82, 0xa2, 0xc0, 0xe0, 0xf0] {
            assert!(is_header(byte), "{byte:#x}");
        }
        for byte in [0x00, 0x0a, 0x14, 0x36, 0x38, 0x39, 0x3e, 0x60, 0x63, 0x80, 0xa0, 0xc1, 0xe4] {
            assert!(!is_header(byte), "{byte:#x}");
        }
    }

    #[test]
    fn topics_are_names_without_wildcards() {
        for (topic, is_one) in [
            ("a/b", true),
            ("/", true),
            ("a b/ä", true),
            ("", false),
            ("a/#", false),
            ("+", false),
            ("a\0", false),
            ("a\u{9f}", false),
        ] {
            assert_eq!(is_topic(topic), is_one, "{topic:?}");
        }
    }

    #[test]
    fn filters_have_wildcards_of_whole_levels() {
        for (filter, is_one) in [
            ("a/b", true),
            ("#", true),
            ("+/+/a", true),
            ("a/#", true),
            ("", false),
            ("a#", false),
            ("#/a", false),
            ("a+", false),
            ("a\0", false),
        ] {
            assert_eq!(is_filter(filter), is_one, "{filter:?}");
        }
    }

    #[test]
    fn the_flags_of_a_will_need_one() {
        for (flags, are_fine) in
            [(0, true), (2, true), (0xc2, true), (0x2e, true), (1, false), (0x08, false), (0x20, false), (0x1e, false)]
        {
            assert_eq!(are_connect_flags(flags), are_fine, "{flags:#x}");
        }
    }

    #[test]
    fn a_topic_alias_maximum_of_0_is_spared_to_the_core() {
        let connect = |properties: &[u8]| {
            let body =
                [b"\0\x04MQTT\x05\x02\0\x3c".as_slice(), &[properties.len() as u8], properties, b"\0\x01a"].concat();
            [&[0x10, body.len() as u8], body.as_slice()].concat()
        };
        for (before, after) in [
            ([0x22, 0, 0].as_slice(), [0x22, 0, 1].as_slice()),
            (&[0x22, 0, 9], &[0x22, 0, 9]),
            (
                &[0x26, 0, 1, 0x22, 0, 1, 0, 0x11, 0, 0, 0, 0, 0x22, 0, 0],
                &[0x26, 0, 1, 0x22, 0, 1, 0, 0x11, 0, 0, 0, 0, 0x22, 0, 1],
            ),
            (&[0x26, 0xff, 0xff], &[0x26, 0xff, 0xff]),
            (&[0x22, 0], &[0x22, 0]),
            (&[], &[]),
        ] {
            let mut packet = connect(before);
            spare_the_core(&mut packet);
            assert_eq!(packet, connect(after), "{before:?}");
            for length in 0..packet.len() {
                spare_the_core(&mut packet.clone()[..length]);
            }
        }
    }
}
