using System.Globalization;
using System.Text.Json;

namespace BuildData.AspNetCore.Control;

/// <summary>Represents a way to request builds by hand, which the host program has declared.</summary>
internal sealed record ForceScheduler(string Name, IReadOnlyList<string> Builders, IReadOnlyList<ForceField> Fields, Func<ForceRequest, Task<AddedBuildset>> Force)
{
    /// <summary>Returns the values of all fields, and checks them.</summary>
    /// <exception cref="ControlException">A value is not valid.</exception>
    public IReadOnlyDictionary<string, string> ReadValues(JsonElement parameters) =>
        Fields.ToDictionary(field => field.Name, field => Check(field, ReadValue(field, parameters)));

    /// <summary>Writes the description of the scheduler, from which clients make a form.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", Name);
        writer.WriteString("label", Name);
        writer.WriteString("button_name", Name);
        writer.WriteBoolean("enabled", true);
        writer.WriteStartArray("builder_names");
        foreach (string builder in Builders)
            writer.WriteStringValue(builder);
        writer.WriteEndArray();
        writer.WriteStartArray("all_fields");
        writer.WriteStartObject();
        writer.WriteString("name", "");
        writer.WriteString("fullName", "");
        writer.WriteString("label", "");
        writer.WriteString("type", "nested");
        writer.WriteString("layout", "vertical");
        writer.WriteNumber("columns", 1);
        writer.WriteBoolean("hide", false);
        writer.WriteStartArray("fields");
        foreach (ForceField field in Fields)
            Write(writer, field);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ForceField field)
    {
        writer.WriteStartObject();
        writer.WriteString("name", field.Name);
        writer.WriteString("fullName", field.Name);
        writer.WriteString("label", field.Label ?? field.Name);
        writer.WriteString("type", field.Kind switch
        {
            ForceFieldKind.MultilineText => "textarea",
            ForceFieldKind.WholeNumber => "int",
            ForceFieldKind.Flag => "bool",
            ForceFieldKind.Choice => "list",
            _ => "text",
        });
        if (field.Kind == ForceFieldKind.Flag)
            writer.WriteBoolean("default", field.Default == "true");
        else
            writer.WriteString("default", field.Default);
        writer.WriteBoolean("required", field.IsRequired);
        writer.WriteBoolean("multiple", false);
        writer.WriteBoolean("hide", false);
        writer.WriteString("tooltip", "");
        if (field.Kind == ForceFieldKind.Choice)
        {
            writer.WriteBoolean("strict", true);
            writer.WriteStartArray("choices");
            foreach (string choice in field.Choices)
                writer.WriteStringValue(choice);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static string ReadValue(ForceField field, JsonElement parameters) =>
        parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty(field.Name, out JsonElement value) ? field.Default : value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => value.GetRawText(),
            _ => throw new ControlException($"The field '{field.Name}' must be a text, a number, or true or false."),
        };

    private static string Check(ForceField field, string value)
    {
        if (field.IsRequired && value.Length == 0)
            throw new ControlException($"The field '{field.Name}' must not be empty.");
        if (value.Length == 0)
            return value;
        return field.Kind switch
        {
            ForceFieldKind.WholeNumber when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                throw new ControlException($"The field '{field.Name}' must be a whole number."),
            ForceFieldKind.Flag when value is not ("true" or "false") => throw new ControlException($"The field '{field.Name}' must be true or false."),
            ForceFieldKind.Choice when !field.Choices.Contains(value) =>
                throw new ControlException($"The field '{field.Name}' must be one of: {string.Join(", ", field.Choices)}."),
            ForceFieldKind.Text when value.AsSpan().IndexOfAny('\r', '\n') >= 0 => throw new ControlException($"The field '{field.Name}' must have one line."),
            _ => value,
        };
    }
}
