using ImOrleans.Domain.Errors;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Protocols;

/// <summary>A refusal over HTTP, in the shape of the hub's replies.</summary>
internal static class RefusalResponse
{
    /// <summary>Answers with <paramref name="status"/> and the refusal; no cache keeps it.</summary>
    public static Task WriteAsync(HttpResponse response, int status, Refusal refusal)
    {
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        return response.WriteAsJsonAsync(Reply.Refused(refusal), response.HttpContext.RequestAborted);
    }
}
