//! At which host does an instance of Braze listen?

use brazeline_kit::Problem;

/// Instances and their REST hosts. `braze.com/docs/api/basics`, 2026-09-02.
const INSTANCES: [(&str, &str); 15] = [
    ("US-01", "rest.iad-01.braze.com"),
    ("US-02", "rest.iad-02.braze.com"),
    ("US-03", "rest.iad-03.braze.com"),
    ("US-04", "rest.iad-04.braze.com"),
    ("US-05", "rest.iad-05.braze.com"),
    ("US-06", "rest.iad-06.braze.com"),
    ("US-07", "rest.iad-07.braze.com"),
    ("US-08", "rest.iad-08.braze.com"),
    ("US-10", "rest.us-10.braze.com"),
    ("EU-01", "rest.fra-01.braze.eu"),
    ("EU-02", "rest.fra-02.braze.eu"),
    ("AU-01", "rest.au-01.braze.com"),
    ("ID-01", "rest.id-01.braze.com"),
    ("JP-01", "rest.jp-01.braze.com"),
    ("KR-01", "rest.kr-01.braze.com"),
];

/// The origin of an instance. None without an instance: then the authorization's `hosts` names it.
pub fn origin(instance: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(name) = instance else { return Ok(None) };
    let known = INSTANCES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    known.map(|(_, host)| Some(format!("https://{host}"))).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Problem {
    let names: Vec<&str> = INSTANCES.iter().map(|(name, _)| *name).collect();
    let message = format!(
        "no instance of Braze is called `{name}`; known are {}. For another one leave `instance` out and name its REST host: \
         `hosts: {{ rest: \"https://rest.example.braze.com\" }}`",
        names.join(", ")
    );
    Problem::at("/authorization/instance", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_has_its_host() {
        let table = [
            (None, None),
            (Some("US-06"), Some("https://rest.iad-06.braze.com")),
            (Some("us-10"), Some("https://rest.us-10.braze.com")),
            (Some(" Eu-02 "), Some("https://rest.fra-02.braze.eu")),
            (Some("KR-01"), Some("https://rest.kr-01.braze.com")),
        ];
        for (name, expected) in table {
            assert_eq!(origin(name).unwrap().as_deref(), expected, "{name:?}");
        }
    }

    #[test]
    fn an_unknown_one_says_which_there_are() {
        let problem = origin(Some("US-09")).unwrap_err();
        expect_test::expect![[r#"/authorization/instance: no instance of Braze is called `US-09`; known are US-01, US-02, US-03, US-04, US-05, US-06, US-07, US-08, US-10, EU-01, EU-02, AU-01, ID-01, JP-01, KR-01. For another one leave `instance` out and name its REST host: `hosts: { rest: "https://rest.example.braze.com" }`"#]].assert_eq(&format!("{}: {}", problem.pointer, problem.message));
    }
}
