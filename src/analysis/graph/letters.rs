//! How wide a text is, and how it is broken into lines, without a font at hand.
//!
//! A viewer takes the sans-serif font it has. The widths here are those of one of the widest in common use
//! (`DejaVu Sans`), so that what fits here fits there.

/// How wide the letters from space to tilde are, in thousandths of the size.
const PLAIN: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// The same of bold letters.
const BOLD: [u16; 95] = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683,
    683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
    724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
    343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
];

/// How wide a Latin, Greek or Cyrillic letter beyond these is at most, some ligatures aside.
const BEYOND: i64 = 900;

/// How wide any other sign is at most.
const FULL: i64 = 1100;

/// A size of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// The size, in pixels.
    pub size: i64,
    /// Whether they are bold.
    pub bold: bool,
}

impl Type {
    /// Returns how wide a text is at most, in pixels.
    #[must_use]
    pub fn width(self, text: &str) -> i64 {
        let thousandths: i64 = text.chars().map(|letter| self.of_letter(letter)).sum();
        (thousandths * self.size + 999) / 1000
    }

    fn of_letter(self, letter: char) -> i64 {
        let table = if self.bold { &BOLD } else { &PLAIN };
        let place = u32::from(letter).checked_sub(u32::from(' '));
        let place = place.and_then(|place| usize::try_from(place).ok());
        match place.and_then(|place| table.get(place)) {
            Some(width) => i64::from(*width),
            None if u32::from(letter) < 0x530 => BEYOND,
            None => FULL,
        }
    }

    /// Breaks a text into lines that are not wider than this; the first may have less room. A word that is
    /// wider than a line is broken where it must be.
    #[must_use]
    pub fn wrap(self, text: &str, width: i64, less_at_first: i64) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut room = width - less_at_first;
        for word in text.split_whitespace() {
            let joined = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if self.width(&joined) <= room {
                line = joined;
                continue;
            }
            if !line.is_empty() || room < width {
                lines.push(std::mem::take(&mut line));
                room = width;
            }
            for letter in word.chars() {
                line.push(letter);
                if self.width(&line) > room && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::take(&mut line));
                    line.push(letter);
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}
