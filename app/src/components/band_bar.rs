//! A value on a bar with its normal band: where it stands, before any digit is read.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::live::Live;

/// Where the value stands, how it is drawn there, and what it is called in the stylesheet.
type Mark = (String, &'static str, &'static str);

/// Nothing where the model says no normal band.
#[component]
pub fn BandBar(live: Live, asset_id: AssetId, quantity: usize) -> impl IntoView {
    let normal = live.read(&asset_id, |asset, _| asset.model.quantities.get(quantity).and_then(|q| q.normal)).flatten();
    normal.map(|normal| {
        let mark = Memo::new(move |_| {
            let value = live.watch(&asset_id, |asset, now| asset.reading(quantity, now).value());
            mark_of(value.unwrap_or(f64::NAN), normal)
        });
        view! {
            <svg class="band-bar" aria-hidden="true">
                <rect class="band-bar__track" x="0" y="5" width="100%" height="6" rx="3" />
                <rect class="band-bar__normal" x="25%" y="5" width="50%" height="6" />
                <line class="band-bar__limit" x1="25%" x2="25%" y1="2" y2="14" />
                <line class="band-bar__limit" x1="75%" x2="75%" y1="2" y2="14" />
                <svg class="band-bar__mark" x=move || mark.get().0>
                    <path class=move || mark.get().2 d=move || mark.get().1 />
                </svg>
            </svg>
        }
    })
}

/// The bar reaches half a band beyond the band on either side; a value that is further off is an arrow at its end.
fn mark_of(value: f64, [low, high]: [f64; 2]) -> Mark {
    let share = (value - low) / (high - low) / 2.0 + 0.25;
    let shape = if share < 0.0 {
        "M9 1L0 8L9 15z"
    } else if share > 1.0 {
        "M-9 1L0 8L-9 15z"
    } else {
        "M-1.5 0h3v16h-3z"
    };
    let is_normal = (0.25..=0.75).contains(&share);
    let class = if is_normal { "band-bar__value" } else { "band-bar__value band-bar__value--abnormal" };
    // What is not known is out of sight.
    let place = if share.is_finite() { share.clamp(0.0, 1.0) * 100.0 } else { -10.0 };
    (format!("{place:.1}%"), shape, class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_out_of_its_band_is_abnormal_and_one_out_of_the_bar_an_arrow() {
        let of = |value: f64| {
            let (place, shape, class) = mark_of(value, [20.0, 60.0]);
            (place, shape.starts_with("M-1.5"), class.contains("abnormal"))
        };
        let checks = [
            (20.0, "25.0%", true, false),
            (40.0, "50.0%", true, false),
            (70.0, "87.5%", true, true),
            (99.0, "100.0%", false, true),
            (-30.0, "0.0%", false, true),
        ];
        for (value, place, is_line, is_abnormal) in checks {
            assert_eq!(of(value), (place.to_string(), is_line, is_abnormal), "{value}");
        }
        assert_eq!(of(f64::NAN).0, "-10.0%");
    }
}
