//! In which order do the transforms run?
//!
//! Each after what it reads. Where that cannot be, because they feed each other, whole circles are the answer.

/// For each transform, by number, the numbers of the transforms that it reads.
pub(super) type Inputs = [Vec<usize>];

/// The order, as near to the file's as can be; or the circles, each in the direction in which data would flow.
pub(super) fn order(inputs: &Inputs) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let mut ordered = Vec::with_capacity(inputs.len());
    let mut circles = Vec::new();
    let mut open: Vec<usize> = (0..inputs.len()).collect();
    while !open.is_empty() {
        let ready = open.iter().position(|node| inputs[*node].iter().all(|input| !open.contains(input)));
        match ready {
            Some(at) => ordered.push(open.remove(at)),
            None => {
                let circle = circle(inputs, &open);
                open.retain(|node| !circle.contains(node));
                circles.push(circle);
            }
        }
    }
    if circles.is_empty() { Ok(ordered) } else { Err(circles) }
}

/// Follows inputs backwards until it comes to where it has been. Each open node reads another open one, so it does.
fn circle(inputs: &Inputs, open: &[usize]) -> Vec<usize> {
    let mut path = vec![open[0]];
    loop {
        let last = path[path.len() - 1];
        let Some(next) = inputs[last].iter().find(|input| open.contains(input)) else { return path };
        if let Some(start) = path.iter().position(|node| node == next) {
            let mut circle = path.split_off(start);
            circle.reverse();
            let first = circle.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(at, _)| at);
            circle.rotate_left(first);
            return circle;
        }
        path.push(*next);
    }
}

#[cfg(test)]
mod tests {
    use super::order;

    fn check(inputs: &[&[usize]], expected: Result<&[usize], &[&[usize]]>) {
        let inputs: Vec<Vec<usize>> = inputs.iter().map(|inputs| inputs.to_vec()).collect();
        let expected = expected.map(<[usize]>::to_vec).map_err(|circles| circles.iter().map(|c| c.to_vec()).collect());
        assert_eq!(order(&inputs), expected, "{inputs:?}");
    }

    #[test]
    fn each_after_what_it_reads() {
        check(&[], Ok(&[]));
        check(&[&[], &[], &[]], Ok(&[0, 1, 2]));
        check(&[&[2], &[0], &[]], Ok(&[2, 0, 1]));
        check(&[&[1, 2], &[2], &[]], Ok(&[2, 1, 0]));
    }

    #[test]
    fn circles_are_told_whole_and_once() {
        check(&[&[0]], Err(&[&[0]]));
        check(&[&[2], &[0], &[1]], Err(&[&[0, 1, 2]]));
        check(&[&[1], &[0], &[3], &[2], &[3]], Err(&[&[0, 1], &[2, 3]]));
        // The last one only reads from a circle.
        check(&[&[1], &[1]], Err(&[&[1]]));
    }
}
