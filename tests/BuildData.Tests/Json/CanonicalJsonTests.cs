using System.Buffers;
using System.Text;
using System.Text.Json;
using BuildData.Values;

namespace BuildData.Tests;

internal sealed class CanonicalJsonTests
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "0.0", "0e5", "-0.00E-3", "1", "1.0", "1.00", "10e-1", "0.1e1", "0.1E+1", "-1", "-1.0", "10", "1e1",
        "100", "1e2", "1E+2", "0.01e4", "1e-2", "0.01", "12345678901234567890123", "12345678901234567890124", "1.2345678901234567890123e22",
        "1e400", "10e399", "-1e400", "1.5", "15e-1", "105", "1.05e2", "\"\"", "\"a\"", "\"\\u0061\"", "\"A\"", "\"\\/\"", "\"/\"", "\"1\"", "\"é\"",
        "\"\\u00e9\"", "\"e\\u0301\"", "\"🚀\"", "\"\\ud83d\\ude80\"", "[]", "[1]", "[1.0]", "[1,2]", "[2,1]", "[[1],2]", "[1,[2]]", "{}",
        """{"a":1}""", """{"a":1.0}""", """{ "\u0061" : 1 }""", """{"a":1,"b":2}""", """{"b":2,"a":1}""", """{"a":2,"b":1}""",
        """{"a":{"x":[],"y":null}}""", """{"a":{"y":null,"x":[]}}""", """{"a":null}""",
    ];

    [Test]
    public void Write_AnyTwoValues_AreTheSameTextIfTheyAreEqual() =>
        (
            from one in Values
            from other in Values
            let equal = JsonElement.DeepEquals(JsonElement.Parse(one), JsonElement.Parse(other))
            where equal != (Canonical(one) == Canonical(other))
            select $"{one} and {other} are {(equal ? "equal" : "different")}, but written {Canonical(one)} and {Canonical(other)}")
        .Should().BeEmpty();

    [TestCaseSource(nameof(Values))]
    public void Write_AnyValue_IsAnEqualOne(string value) =>
        JsonElement.DeepEquals(JsonElement.Parse(Canonical(value)), JsonElement.Parse(value)).Should().BeTrue();

    private static string Canonical(string json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            CanonicalJson.Write(writer, JsonElement.Parse(json));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
