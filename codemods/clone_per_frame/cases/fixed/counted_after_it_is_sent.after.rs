// level: safe
//! Frames that are copied for who takes them, because their length is asked afterwards.

use tokio::sync::mpsc::Sender;

pub async fn forward(frames: Vec<Vec<u8>>, to: Sender<Vec<u8>>) -> usize {
    let mut total = 0;
    for frame in frames {
        let frame_len = frame.len();
        if to.send(frame).await.is_err() {
            break;
        }
        total += frame_len;
    }
    total
}

pub async fn keep(lines: Vec<String>, kept: &mut Vec<String>) -> usize {
    let mut blank = 0;
    let mut line_len = 0;
    for line in lines {
        let line_is_empty = line.is_empty();
        let line_len_2 = line.len();
        kept.push(line);
        if line_is_empty {
            blank += 1;
        }
        line_len += line_len_2;
    }
    blank + line_len
}

pub async fn trimmed(lines: &[&str], kept: &mut Vec<String>) -> usize {
    let mut cut = 0;
    for raw in lines {
        let line_len = raw.len();
        let line = raw.trim().to_string();
        let line_len_2 = line.len();
        kept.push(line);
        cut += line_len - line_len_2;
    }
    cut
}

pub async fn widest(lines: &[&str], kept: &mut Vec<String>) -> usize {
    let mut cut = 0;
    for raw in lines {
        let line = raw.trim().to_string();
        let line_len_2 = line.len();
        kept.push(line);
        let line_len = raw.len();
        cut += line_len - line_len_2;
    }
    cut
}
