using BuildData.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BuildData.AspNetCore.Answers;

/// <summary>Turns the exceptions of the library into answers with a status and a message. No answer has a stack trace.</summary>
internal static class ApiExceptions
{
    /// <summary>Returns a delegate that calls another one, and answers for it if it throws an exception.</summary>
    public static RequestDelegate Handle(RequestDelegate next) => async context =>
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (OperationCanceledException) when (IsStopping(context))
        {
            // Streams end when the program stops. One that has not begun has no other answer.
            if (!context.Response.HasStarted)
                await ApiError.Write(context, StatusCodes.Status503ServiceUnavailable, "The program is stopping.").ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await ApiError.Write(context, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (Describe(e) is not null)
        {
            (int status, string message) = Describe(e)!.Value;
            if (status >= StatusCodes.Status500InternalServerError)
                ApiLog.For(context).RequestFailed(e, context.Request.Method, context.Request.Path);

            // A part of the answer was already sent. Ending the connection tells the client that the rest is missing.
            if (context.Response.HasStarted)
                context.Abort();
            else
                await ApiError.Write(context, status, message).ConfigureAwait(false);
        }
    };

    /// <summary>Returns the status and the message for an exception; null for one that is a fault of the program.</summary>
    public static (int Status, string Message)? Describe(Exception exception) => exception switch
    {
        ApiException e => (e.Status, e.Message),
        InvalidPathException or ResourceNotFoundException => (StatusCodes.Status404NotFound, exception.Message),
        InvalidQueryException => (StatusCodes.Status400BadRequest, exception.Message),
        UpdateRefusedException => (StatusCodes.Status409Conflict, exception.Message),
        LogContentRemovedException => (StatusCodes.Status410Gone, exception.Message),
        StoreReadOnlyException => (StatusCodes.Status405MethodNotAllowed, "The store is open read-only."),
        StoreException { IsOutcomeUnknown: true } => (StatusCodes.Status503ServiceUnavailable, "The store failed during the change. Whether the change is stored is unknown."),
        BuildDataException => (StatusCodes.Status503ServiceUnavailable, "The store is not available now."),
        ObjectDisposedException => (StatusCodes.Status503ServiceUnavailable, "The program is stopping."),
        _ => null,
    };

    private static bool IsStopping(HttpContext context) =>
        context.RequestServices.GetService<IHostApplicationLifetime>() is { ApplicationStopping.IsCancellationRequested: true };
}
