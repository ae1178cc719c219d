namespace BuildData.AspNetCore.Answers;

/// <summary>The exception for a request that the HTTP interface itself refuses.</summary>
/// <param name="status">The status of the answer.</param>
/// <param name="message">The message to the client.</param>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    public int Status => status;
}
