//! Models as pages are given them: the same life, and no bytes that could lead out of it.

use std::{fs, path::Path, sync::Arc};

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_oneof, proptest};
use proptest::{sample::Index, strategy::Strategy};
use twin::{Model, PackedError, model::compose, rehearsal::rehearse};

use super::documents::{LANGUAGE, blocks};

/// Every model that is shipped, that which uses every function, and that of the language's reference, by name.
fn models() -> Vec<(String, Arc<Model>)> {
    let mut all = Vec::new();
    for folder in ["../../server/models", "tests/models"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let part = |id: &str| fs::read_to_string(folder.join(format!("{id}.toml"))).ok();
        let sealed = |name: &str| fs::read(folder.join(name)).ok();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "toml") {
                let (model, _) = compose::read_beside(&fs::read_to_string(&path).unwrap(), &part, &sealed).unwrap();
                all.push((path.display().to_string(), Arc::new(model)));
            }
        }
    }
    let whole = blocks(LANGUAGE).into_iter().find(|(words, _)| words == "toml").unwrap().1;
    all.push(("LANGUAGE.md".into(), Arc::new(Model::parse(&whole).unwrap())));
    all
}

#[test]
fn a_packed_model_lives_the_same_life() {
    let models = models();
    assert!(models.len() >= 4, "{models:?}");
    for (name, own) in models {
        let packed = own.pack();
        let again = Arc::new(Model::unpack(&packed).unwrap_or_else(|error| panic!("{name}: {error}")));
        assert_eq!((&again.signals, &again.failures, again.hash), (&own.signals, &own.failures, own.hash));
        assert_eq!(again.pack(), packed, "{name}");
        assert_eq!(rehearse(&again, 2_000, 3), rehearse(&own, 2_000, 3), "{name}");
    }
}

#[test]
fn a_model_that_is_cut_off_or_goes_on_is_refused() {
    for (name, own) in models() {
        let packed = own.pack();
        for end in 0..packed.len() {
            assert!(Model::unpack(&packed[..end]).is_err(), "{name} up to {end}");
        }
        let longer = [&packed[..], &[0]].concat();
        assert_eq!(Model::unpack(&longer).unwrap_err(), PackedError::Malformed("something follows it"));
    }
}

#[test]
fn a_model_of_another_kernel_says_so() {
    let (_, own) = models().remove(0);
    let mut packed = own.pack();
    packed[1] += 1;
    let kernel = u32::from(packed[1]);
    assert_eq!(Model::unpack(&packed).unwrap_err(), PackedError::Version { format: packed[0], kernel });
}

/// What becomes of a byte, or of the bytes from there on.
#[derive(Debug, Clone)]
enum Damage {
    Becomes(u8),
    Flips(u8),
    Leaves,
    Comes(u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<u8>().prop_map(Damage::Becomes),
        (0..8u8).prop_map(|bit| Damage::Flips(1 << bit)),
        proptest::strategy::Just(Damage::Leaves),
        any::<u8>().prop_map(Damage::Comes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_damaged_model_is_refused_or_can_be_lived(
        which in any::<Index>(),
        damages in proptest::collection::vec((any::<Index>(), damage()), 1..4),
    ) {
        thread_local!(static PACKED: Vec<Vec<u8>> = models().iter().map(|(_, model)| model.pack()).collect());
        let mut bytes = PACKED.with(|all| all[which.index(all.len())].clone());
        for (at, damage) in &damages {
            let at = at.index(bytes.len());
            match damage {
                Damage::Becomes(byte) => bytes[at] = *byte,
                Damage::Flips(bit) => bytes[at] ^= bit,
                Damage::Leaves => { bytes.remove(at); }
                Damage::Comes(byte) => bytes.insert(at, *byte),
            }
        }
        match Model::unpack(&bytes) {
            Ok(model) => { rehearse(&Arc::new(model), 40, 1); }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn bytes_of_any_kind_are_refused_or_can_be_lived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut whole = models().remove(0).1.pack()[..2].to_vec();
        whole.extend(bytes);
        if let Ok(model) = Model::unpack(&whole) {
            rehearse(&Arc::new(model), 40, 1);
        }
    }
}
