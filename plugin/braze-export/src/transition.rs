//! Which events and purchases is a transition?
//!
//! Every audience that the person is `in` was entered, every other one of `of` was left, unless the update only says again what was
//! said before. What is made is checked like what an update brings along. Braze needs a time, and there is no clock here: it is the
//! transition's own, or an attribute's.

use serde_json::{Map, Number, Value};

use brazeline_kit::person::Audiences;

use crate::action::{Action, Array, check};
use crate::fields::Field;
use crate::settings::Settings;
use crate::settings::audience::AUDIENCE;
use crate::settings::transition::{MadeEvent, MadePurchase, Said};

/// What an update has to make something of.
#[derive(Debug, Clone, Copy)]
struct From<'a> {
    /// The setting, for messages.
    setting: &'static str,
    audience: &'a str,
    as_of: Option<&'a str>,
    attributes: &'a [Field<'a>],
}

/// What is made of an update's transitions.
pub fn actions(
    audiences: &Audiences<'_>,
    attributes: &[Field<'_>],
    settings: &Settings,
) -> Result<Vec<Action<'static>>, String> {
    if !settings.makes_something() {
        return Ok(Vec::new());
    }
    let as_of = audiences.as_of.as_deref();
    let left = audiences.of.iter().filter(|name| !audiences.members_in.contains(name));
    let mut made = Vec::new();
    for audience in &audiences.members_in {
        let from = |setting| From { setting, audience, as_of, attributes };
        let (event, purchase) = (from("enter_event"), from("enter_purchase"));
        made.extend(settings.enter_event.as_ref().map(|setting| event.event(setting)).transpose()?);
        made.extend(settings.enter_purchase.as_ref().map(|setting| purchase.purchase(setting)).transpose()?);
    }
    for audience in left {
        let from = |setting| From { setting, audience, as_of, attributes };
        let (event, purchase) = (from("exit_event"), from("exit_purchase"));
        let mut actions: Vec<Action<'_>> = Vec::new();
        actions.extend(settings.exit_event.as_ref().map(|setting| event.event(setting)).transpose()?);
        actions.extend(settings.exit_purchase.as_ref().map(|setting| purchase.purchase(setting)).transpose()?);
        // A person who was deleted meanwhile must not come back because of it.
        made.extend(actions.into_iter().map(|action| Action { update_only: true, ..action }));
    }
    Ok(made)
}

impl<'a> From<'a> {
    fn event(self, setting: &MadeEvent) -> Result<Action<'static>, String> {
        let field = setting.time_field.as_deref().and_then(|field| self.attribute(field));
        let mut object = Map::new();
        object.insert("name".to_owned(), self.filled(&setting.name).into());
        object.insert("time".to_owned(), self.time(field)?);
        self.action(Array::Events, object, &setting.properties, &setting.attributes)
    }

    fn purchase(self, setting: &MadePurchase) -> Result<Action<'static>, String> {
        let mut object = Map::new();
        object.insert("product_id".to_owned(), self.said("product_id", &setting.product_id)?);
        object.insert("currency".to_owned(), self.said("currency", &setting.currency)?);
        object.insert("price".to_owned(), number(self.said("price", &setting.price)?));
        if let Some(quantity) = setting.quantity.as_ref().and_then(|quantity| self.found(quantity)) {
            object.insert("quantity".to_owned(), number(quantity));
        }
        let time = setting.time.as_ref().and_then(|time| self.found(time));
        object.insert("time".to_owned(), self.time(time)?);
        self.action(Array::Purchases, object, &setting.properties, &setting.attributes)
    }

    fn action(
        self,
        array: Array,
        mut object: Map<String, Value>,
        fixed: &Map<String, Value>,
        copied: &[String],
    ) -> Result<Action<'static>, String> {
        let fixed = fixed.iter().map(|(name, value)| (name.clone(), self.filled_value(value)));
        let copied = copied.iter().filter_map(|name| Some((name.clone(), self.attribute(name)?)));
        let properties: Map<String, Value> = fixed.chain(copied).collect();
        if !properties.is_empty() {
            object.insert("properties".to_owned(), Value::Object(properties));
        }
        let json = Value::Object(object).to_string();
        check(array, &json).map_err(|reason| format!("/audiences: what `{}` makes of it {reason}", self.setting))?;
        Ok(Action { array, json: json.into(), update_only: false })
    }

    /// The value of an attribute that is there and not null.
    fn attribute(self, name: &str) -> Option<Value> {
        let field = self.attributes.iter().rfind(|field| field.name.as_str() == name)?;
        serde_json::from_str(&field.value).ok().filter(|value: &Value| !value.is_null())
    }

    fn found<T: Clone + Into<Value>>(self, said: &Said<T>) -> Option<Value> {
        match said {
            Said::Field(of) => self.attribute(&of.field),
            Said::Fixed(value) => Some(self.filled_value(&value.clone().into())),
        }
    }

    fn said<T: Clone + Into<Value>>(self, member: &str, said: &Said<T>) -> Result<Value, String> {
        match (self.found(said), said) {
            (Some(Value::Number(id)), _) if member == "product_id" => Ok(id.to_string().into()),
            (Some(value), _) => Ok(value),
            (None, Said::Field(of)) => Err(format!(
                "/attributes/{}: `{}` takes its `{member}` from here, and there is nothing",
                of.field, self.setting
            )),
            (None, Said::Fixed(_)) => Err(format!("`{}` has no `{member}`", self.setting)),
        }
    }

    fn time(self, found: Option<Value>) -> Result<Value, String> {
        found.or_else(|| self.as_of.map(Into::into)).ok_or_else(|| {
            format!(
                "/audiences/as_of: there is nothing, and `{}` needs a time; let the source say it, or name an attribute that holds one",
                self.setting
            )
        })
    }

    fn filled(self, text: &str) -> String {
        text.replace(AUDIENCE, self.audience)
    }

    fn filled_value(self, value: &Value) -> Value {
        value.as_str().map_or_else(|| value.clone(), |text| self.filled(text).into())
    }
}

/// A number that stands there as a text: some sources have no other.
fn number(value: Value) -> Value {
    let read = |text: &str| serde_json::from_str::<Number>(text.trim()).ok();
    value.as_str().and_then(read).map_or(value, Value::Number)
}

#[cfg(test)]
mod tests;
