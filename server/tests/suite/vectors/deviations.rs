//! Where the endpoint answers otherwise than the vectors say, and why.

/// A reason, and the cases that it is the reason of: `FILE: group / case`.
pub const DEVIATIONS: &[(&str, &[&str])] = &[
    (
        "MQTT 3.1 is not spoken",
        &[
            "CONNECT: v3.1   CONNECT / 10 empty client ID",
            "CONNECT: v3.1   CONNECT / 10 ok",
            "CONNECT: v3.1   CONNECT / 10 ok (2)",
            "CONNECT: v3.1   CONNECT / 14 ok",
        ],
    ),
    (
        "an unknown version is refused in 3.1.1's words, which come nearest to being understood",
        &[
            "CONNECT: v3.1   CONNECT / 10 proto ver 2",
            "CONNECT: v3.1   CONNECT / 10 proto ver 6",
            "CONNECT: v3.1.1 CONNECT / 10 proto ver 2 [MQTT-3.1.2-2]",
            "CONNECT: v3.1.1 CONNECT / 10 proto ver 6 [MQTT-3.1.2-2]",
        ],
    ),
    (
        "a malformed CONNECT of version 5 is answered, not only hung up on",
        &["CONNECT: v3.1.1 CONNECT / 10 missing keepalive"],
    ),
    (
        "the protocol's core overlooks it, and nothing here looks at it either",
        &[
            "CONNECT: v5.0   CONNECT ALLOWED PROPERTIES / authentication-data (UTF-8 string) no authentication-method",
            "CONNECT: v5.0   WILL ALLOWED PROPERTIES / response-topic (UTF-8 string) empty",
        ],
    ),
    (
        "an acknowledgement of what was never sent: the client is hung up on, where it might be overlooked",
        &[
            "PUBACK: v3.1.1 PUBACK / 40 unsolicited",
            "PUBACK: v5.0   PUBACK / 40 unsolicited len=2",
            "PUBACK: v5.0   PUBACK / 40 unsolicited len=3",
            "PUBACK: v5.0   PUBACK / 40 unsolicited len=3 fail",
            "PUBACK: v5.0   PUBACK / 40 unsolicited len=4 ok",
            "PUBACK: v5.0   PUBACK / 40 unsolicited len=4 rc=fail",
            "PUBACK: v5.0   PUBACK ALLOWED PROPERTIES / 40 with 2*user-property",
            "PUBACK: v5.0   PUBACK ALLOWED PROPERTIES / 40 with reason-string property",
            "PUBACK: v5.0   PUBACK ALLOWED PROPERTIES / 40 with reason-string property empty string",
            "PUBACK: v5.0   PUBACK ALLOWED PROPERTIES / 40 with user-property",
            "PUBACK: v5.0   PUBACK ALLOWED PROPERTIES / 40 with user-property empty key",
            "PUBACK: v5.0   PUBACK ALLOWED PROPERTIES / 40 with user-property empty key,value",
            "PUBACK: v5.0   PUBACK ALLOWED PROPERTIES / 40 with user-property empty value",
            "PUBCOMP: v3.1.1 PUBCOMP / 70 unsolicited",
            "PUBCOMP: v5.0   PUBCOMP / 70 unsolicited",
            "PUBCOMP: v5.0   PUBCOMP / 70 unsolicited rc",
            "PUBCOMP: v5.0   PUBCOMP / 70 unsolicited rc,properties",
            "PUBCOMP: v5.0   PUBCOMP / 70 unsolicited rc=92",
            "PUBCOMP: v5.0   PUBCOMP ALLOWED PROPERTIES / 70 with 2*user-property",
            "PUBCOMP: v5.0   PUBCOMP ALLOWED PROPERTIES / 70 with reason-string property",
            "PUBCOMP: v5.0   PUBCOMP ALLOWED PROPERTIES / 70 with reason-string property empty",
            "PUBCOMP: v5.0   PUBCOMP ALLOWED PROPERTIES / 70 with user-property",
            "PUBCOMP: v5.0   PUBCOMP ALLOWED PROPERTIES / 70 with user-property empty key",
            "PUBCOMP: v5.0   PUBCOMP ALLOWED PROPERTIES / 70 with user-property empty key,value",
            "PUBCOMP: v5.0   PUBCOMP ALLOWED PROPERTIES / 70 with user-property empty value",
            "PUBREC: v3.1.1 PUBREC / 50 unsolicited",
            "PUBREC: v5.0   PUBREC / 50 unsolicited len=2",
            "PUBREC: v5.0   PUBREC / 50 unsolicited len=3",
            "PUBREC: v5.0   PUBREC / 50 unsolicited len=3 fail",
            "PUBREC: v5.0   PUBREC / 50 unsolicited len=4 ok",
            "PUBREC: v5.0   PUBREC / 50 unsolicited len=4 rc=fail",
            "PUBREC: v5.0   PUBREC ALLOWED PROPERTIES / 50 with 2*user-property",
            "PUBREC: v5.0   PUBREC ALLOWED PROPERTIES / 50 with reason-string property",
            "PUBREC: v5.0   PUBREC ALLOWED PROPERTIES / 50 with reason-string property empty",
            "PUBREC: v5.0   PUBREC ALLOWED PROPERTIES / 50 with user-property",
            "PUBREC: v5.0   PUBREC ALLOWED PROPERTIES / 50 with user-property empty key",
            "PUBREC: v5.0   PUBREC ALLOWED PROPERTIES / 50 with user-property empty key,value",
            "PUBREC: v5.0   PUBREC ALLOWED PROPERTIES / 50 with user-property empty value",
        ],
    ),
    (
        "a message that is sent again is answered again, as often as it comes",
        &["PUBLISH: v3.1.1 PUBLISH / 34 QoS 2 Dup flow*3", "PUBLISH: v5.0   PUBLISH / 34 QoS 2 Dup flow*3"],
    ),
    (
        "topic aliases are not granted",
        &[
            "PUBLISH: v5.0   PUBLISH / 30 topic 0",
            "PUBLISH: v5.0   PUBLISH ALLOWED PROPERTIES / topic-alias (two byte integer)",
            "PUBLISH: v5.0   PUBLISH ALLOWED PROPERTIES / topic-alias (two byte integer) no topic",
        ],
    ),
    (
        "a topic that means nothing is no offence: the message is acknowledged, the rejection kept and shown",
        &[
            "PUBLISH: v5.0   PUBLISH / PUBLISH with $ topic - connection",
            "PUBLISH: v5.0   PUBLISH / PUBLISH with $ topic - share",
            "PUBLISH: v5.0   PUBLISH / PUBLISH with $ topic - uptime",
        ],
    ),
    ("the protocol's core overlooks bytes behind a PUBREL of 3.1.1", &["PUBREL: v3.1.1 PUBREL / 62 unsolicited long"]),
    (
        "every subscription is refused: what is odd about one makes no difference",
        &[
            "SUBSCRIBE: v3.1.1 SUBSCRIBE / 82 QoS 0x04 [MQTT-3-8.3-4]",
            "SUBSCRIBE: v3.1.1 SUBSCRIBE / 82 QoS 0x08 [MQTT-3-8.3-4]",
            "SUBSCRIBE: v3.1.1 SUBSCRIBE / 82 QoS 0x10 [MQTT-3-8.3-4]",
            "SUBSCRIBE: v3.1.1 SUBSCRIBE / 82 QoS 0x20 [MQTT-3-8.3-4]",
            "SUBSCRIBE: v5.0   SUBSCRIBE / 82 shared sub with no local set",
            "SUBSCRIBE: v5.0   SUBSCRIBE ALLOWED PROPERTIES / 82 with 2*subscription-identifier=1 (variable byte integer)",
        ],
    ),
];
