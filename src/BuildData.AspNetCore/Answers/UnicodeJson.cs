using System.Text.Json;

namespace BuildData.AspNetCore.Answers;

/// <summary>Checks the texts in JSON that a client has sent.</summary>
internal static class UnicodeJson
{
    /// <summary>
    /// Returns whether all names and texts are valid Unicode. The parser accepts bytes that are not UTF-8, and surrogates without their pairs. Only a later
    /// conversion to a string would fail.
    /// </summary>
    public static bool IsValid(JsonElement json)
    {
        try
        {
            Read(json);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement element in json.EnumerateArray())
                    Read(element);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in json.EnumerateObject())
                {
                    _ = member.Name;
                    Read(member.Value);
                }

                break;
        }
    }
}
